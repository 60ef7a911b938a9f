"""An app's lock: what it has, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from llama_worker import LlamaWorker
from llama_worker.errors import IntegrityError, ModelNotLockedError
from llama_worker.models.download.download import Downloader
from llama_worker.models.maintenance.background import Tally
from llama_worker.models.names import parse_model_name
from llama_worker.models.pinning.checked import sha256_once
from llama_worker.models.pinning.lock_file import LOCK_NAME, LockedModel, read_lock
from llama_worker.models.pinning.locking import ModelLock, lock_models
from llama_worker.models.pinning.pulling import download_locked
from llama_worker.models.store.store import ModelStore
from tests.models import cache_folder
from tests.models import raw_gguf as raw
from tests.models.download import hub_server
from tests.models.download.hub_server import HubServer

NAME = "hf:org/a:Q8_0"
OLD, NEW = raw.gguf(), raw.gguf(raw.model_keys(context_length=64))


def locked(store: ModelStore, path: Path, *names: str) -> list[LockedModel]:
    return lock_models(store, [parse_model_name(name) for name in names], path, Tally(lambda _: None))


async def test_what_is_locked_is_what_comes(
    hub: HubServer, store: ModelStore, downloader: Downloader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("org/a", "a-Q8_0.gguf", OLD)
    await downloader.download(NAME)
    lock = tmp_path / LOCK_NAME
    [model] = locked(store, lock, NAME)
    assert model.revision == hub_server.COMMIT
    other = ModelStore(tmp_path / "other", tmp_path / "other-plain")
    [told] = await download_locked(other, lock, lambda _: None, [parse_model_name(NAME)])
    assert Path(told.path or "").read_bytes() == OLD
    with pytest.raises(ModelNotLockedError, match="hf:org/b is not in"):
        await download_locked(other, lock, lambda _: None, [parse_model_name("hf:org/b")])
    hub.add("org/a", "a-Q8_0.gguf", NEW)  # at the very same commit
    with pytest.raises(IntegrityError, match="its bytes are others"):
        await download_locked(ModelStore(tmp_path / "third", tmp_path / "plain"), lock, lambda _: None)


def test_a_model_joins_those_that_are_locked(store: ModelStore, tmp_path: Path) -> None:
    cache_folder.add(store.root, "org/a", "a-Q8_0.gguf", OLD)
    raw.write(store.plain_folder / "own.gguf", NEW)
    lock = tmp_path / LOCK_NAME
    locked(store, lock, NAME)
    locked(store, lock, "own.gguf")
    locked(store, lock, NAME)
    models = {model.name: model for model in read_lock(lock).models}
    assert models.keys() == {NAME, "own.gguf"}
    assert models["own.gguf"].files[0].path == "own.gguf"
    assert ModelLock(lock).pinned(parse_model_name(NAME)) == parse_model_name(models[NAME].source)


def test_a_digest_is_computed_once_and_again_after_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = raw.write(tmp_path / "a.gguf", OLD)
    first = sha256_once(file)
    monkeypatch.setattr("llama_worker.models.pinning.checked.digest_of", lambda _: pytest.fail("read again"))
    assert sha256_once(file) == first
    monkeypatch.undo()
    file.write_bytes(OLD[:-1] + b"\1")
    os.utime(file, (1, 1))
    assert sha256_once(file) != first


async def test_a_worker_with_a_lock_loads_nothing_else(tmp_path: Path) -> None:
    """The built-in model, which is locked, a copy of it, which has the same bytes, and others, which are refused."""
    store = ModelStore(tmp_path / "hub", tmp_path / "plain")
    builtin = store.resolve("builtin").path
    lock = tmp_path / LOCK_NAME
    locked(store, lock, "builtin")
    other = tmp_path / "other.gguf"
    other.write_bytes(builtin.read_bytes()[:-1] + b"\1")
    async with LlamaWorker(model_lock=str(lock)) as worker:
        with pytest.raises(ModelNotLockedError, match=r"other\.gguf is not what"):
            await worker.load_model(other)
        assert not worker.models
        await worker.load_model("builtin")
        with pytest.raises(ModelNotLockedError):
            await worker.load_model("builtin", draft_model=str(other))
    async with LlamaWorker(model_lock=str(tmp_path / "none.lock")) as worker:
        with pytest.raises(IntegrityError, match="There is no"):
            await worker.load_model("builtin")
