"""Whether models are sound, what they take, which nobody uses: on files, and against a hub of our own."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from llama_worker.errors import InvalidOptionsError, ModelNotFoundError
from llama_worker.messages.stored import ModelCheck
from llama_worker.models.download.download import Downloader
from llama_worker.models.maintenance.disk_usage import disk_usage
from llama_worker.models.maintenance.unused import checked_days, remove_unused
from llama_worker.models.maintenance.verifying import verify_models
from llama_worker.models.names import parse_model_name
from llama_worker.models.store.last_use import last_use
from llama_worker.models.store.store import ModelStore
from tests.models import cache_folder
from tests.models import raw_gguf as raw
from tests.models.download.hub_server import HubServer

DAY = 86400
MODEL = raw.gguf()


async def verified(store: ModelStore, *names: str, upstream: bool = False) -> list[ModelCheck]:
    reports: list[object] = []
    return await verify_models(store, [parse_model_name(name) for name in names], reports.append, upstream=upstream)


def damage(path: Path) -> None:
    """One byte of the last tensor, which no header tells."""
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.resolve().write_bytes(content)


async def test_a_changed_byte_is_found_and_its_file_named(store: ModelStore) -> None:
    sound = cache_folder.add(store.root, "org/a", "a-Q8_0.gguf", raw.gguf(raw.model_keys(context_length=64)))
    bad = cache_folder.add(store.root, "org/b", "b-Q8_0.gguf")
    damage(bad)
    checks = {check.name: check for check in await verified(store)}
    assert checks["hf:org/a:Q8_0"].state == "ok"
    assert checks["hf:org/a:Q8_0"].files[0].path == str(sound)
    assert checks["hf:org/b:Q8_0"].state == "bad"
    assert checks["hf:org/b:Q8_0"].problem is not None
    assert "b-Q8_0.gguf is not what it was" in checks["hf:org/b:Q8_0"].problem
    [file] = checks["hf:org/b:Q8_0"].files
    assert (file.state, file.recorded_by) == ("changed", "store")
    assert checks["builtin"].state == "unrecorded"


async def test_a_file_from_the_web_is_compared_with_what_came(
    hub: HubServer, store: ModelStore, downloader: Downloader
) -> None:
    hub.plain["models/web.gguf"] = MODEL
    url = f"{hub.mirror_url}/models/web.gguf"
    path = await downloader.download(url)
    [check] = await verified(store, url)
    assert (check.state, check.files[0].recorded_by) == ("ok", "download")
    damage(path)
    [check] = await verified(store, url)
    assert check.state == "bad"
    entry = next(entry for entry in store.list() if entry.origin == "web")
    assert entry.source == url


async def test_upstream_is_asked_where_the_store_itself_was_changed(
    hub: HubServer, store: ModelStore, downloader: Downloader
) -> None:
    hub.add("org/a", "a-Q8_0.gguf", MODEL)
    path = await downloader.download("hf:org/a")
    other = raw.gguf(raw.model_keys(context_length=64))
    path.unlink()
    cache_folder.add(store.root, "org/a", "a-Q8_0.gguf", other, commit=path.parent.name)
    assert [check.state for check in await verified(store, "hf:org/a")] == ["ok"]
    [check] = await verified(store, "hf:org/a", upstream=True)
    assert (check.state, check.files[0].recorded_by) == ("bad", "hub")


async def test_what_is_not_here_cannot_be_verified(store: ModelStore) -> None:
    with pytest.raises(ModelNotFoundError, match="not downloaded"):
        await verified(store, "hf:org/none")


async def test_a_model_without_its_parts_is_bad(store: ModelStore) -> None:
    first, second = cache_folder.split(store.root, "org/big", "big-Q8_0")
    second.unlink()
    checks = {check.name: check for check in await verified(store)}
    assert checks["hf:org/big:Q8_0"].state == "bad"
    assert "Part 2" in str(checks["hf:org/big:Q8_0"].problem)
    assert first.exists()


def test_every_byte_is_counted_once_and_has_a_place(store: ModelStore) -> None:
    """Two revisions share a file; one blob has no name any more; a tokenizer is no model."""
    cache_folder.add(store.root, "org/a", "a-Q8_0.gguf", MODEL)
    cache_folder.add(store.root, "org/a", "a-Q8_0.gguf", MODEL, commit=cache_folder.OLDER, ref="dev")
    lost = cache_folder.add(store.root, "org/a", "a-Q4_0.gguf", raw.gguf(raw.model_keys(context_length=64)))
    lost_size = lost.stat().st_size
    lost.unlink()
    cache_folder.add(store.root, "org/a", "tokenizer.json", b"{}")
    raw.write(store.plain_folder / "own.gguf", MODEL)
    raw.write(store.root / "models--org--b" / "blobs" / "x.partial", b"1234")
    [usage] = disk_usage(store)
    sizes = {model.name: (model.size_bytes, model.shared_bytes) for model in usage.models}
    assert sizes["hf:org/a:Q8_0"] == sizes["hf:org/a:Q8_0#dev"] == (len(MODEL), len(MODEL))
    assert sizes["own.gguf"] == (len(MODEL), 0)
    assert usage.unfinished_bytes == 4
    assert usage.unnamed_bytes == lost_size
    assert usage.other_bytes == 2 + len("c" * 40) + len("b" * 40)  # and the two files that say where branches stand
    together = usage.unfinished_bytes + usage.unnamed_bytes + usage.other_bytes + 2 * len(MODEL)
    assert usage.size_bytes == together
    assert usage.free_bytes > 0


def aged(path: Path, days: float) -> Path:
    then = time.time() - days * DAY
    os.utime(path, (then, then))
    return path


def test_what_nobody_uses_goes_and_nothing_else(store: ModelStore) -> None:
    old = aged(cache_folder.add(store.root, "org/old", "old-Q8_0.gguf", MODEL), 40)
    new = aged(cache_folder.add(store.root, "org/new", "new-Q8_0.gguf", raw.gguf(raw.model_keys(head_count=1))), 20)
    used = aged(cache_folder.add(store.root, "org/used", "used-Q8_0.gguf", raw.gguf(raw.model_keys(head_count=2))), 40)
    own = aged(raw.write(store.plain_folder / "own.gguf", MODEL), 40)
    store.touch(store.resolve("hf:org/used"))
    store.list()
    told = remove_unused(store, 30 * DAY, dry_run=True)
    assert [(one.name, one.freed_bytes) for one in told] == [("hf:org/old:Q8_0", len(MODEL))]
    assert old.exists()
    assert remove_unused(store, 30 * DAY, spare=lambda path: path == str(old)) == []
    assert [one.name for one in remove_unused(store, 30 * DAY)] == ["hf:org/old:Q8_0"]
    assert [path.exists() for path in (old, new, used, own)] == [False, True, True, True]


def test_an_unfinished_download_of_another_program_is_not_ours_to_remove(store: ModelStore) -> None:
    """Its name would be that of the whole model beside it."""
    whole = cache_folder.add(store.root, "org/a", "a-Q8_0.gguf", MODEL)
    aged(raw.write(store.root / "models--org--a" / "blobs" / "d.incomplete", b"1"), 40)
    assert remove_unused(store, 30 * DAY) == []
    assert whole.exists()


@pytest.mark.parametrize("days", [-1, float("nan"), True, "30"])
def test_days_that_are_none_are_refused(days: Any) -> None:
    with pytest.raises(InvalidOptionsError, match="no number of days"):
        checked_days(days)


def test_use_is_known_where_the_file_cannot_be_touched(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a store on a disk that can only be read."""
    path = aged(cache_folder.add(store.root, "org/a", "a-Q8_0.gguf", MODEL), 40)
    before, real = time.time(), os.utime

    def refuse(target: Any, *args: Any, **kwargs: Any) -> None:
        if Path(str(target)) == path:
            raise PermissionError
        real(target, *args, **kwargs)

    monkeypatch.setattr(os, "utime", refuse)
    store.touch(store.resolve("hf:org/a"))
    assert path.stat().st_atime < before - 30 * DAY
    assert (last_use(path) or 0) >= before - 1
