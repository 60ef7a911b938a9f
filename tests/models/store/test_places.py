"""Several stores, one after the other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from llama_worker.errors import InvalidOptionsError, ModelNotFoundError
from llama_worker.models.download.download import Downloader
from llama_worker.models.store import places
from llama_worker.models.store.store import ModelStore
from tests.models import cache_folder
from tests.models import raw_gguf as raw
from tests.models.conftest import QUICK
from tests.models.download.hub_server import HubServer

MODEL = raw.gguf()


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of somebody else's."""
    folder = tmp_path / "shared"
    folder.mkdir()
    real = os.access

    def access(path: str | Path, mode: int) -> bool:
        return not (mode & os.W_OK and Path(path).is_relative_to(folder)) and real(path, mode)

    monkeypatch.setattr(os, "access", access)
    return folder


@pytest.fixture
def both(shared: Path, store: ModelStore) -> ModelStore:
    return ModelStore(store.root, store.plain_folder, folders=[shared])


def test_what_is_found_first_is_taken(both: ModelStore, shared: Path) -> None:
    theirs = cache_folder.add(shared, "org/a", "a-Q8_0.gguf", MODEL)
    cache_folder.add(both.root, "org/a", "a-Q8_0.gguf", MODEL)
    own = cache_folder.add(both.root, "org/b", "b-Q8_0.gguf", MODEL)
    raw.write(shared / "sub" / "plain.gguf", MODEL)
    assert both.resolve("hf:org/a").path == theirs
    assert both.resolve("hf:org/b").path == own
    assert both.resolve("sub/plain.gguf").path == shared / "sub" / "plain.gguf"
    entries = {(entry.name, entry.store): entry for entry in both.list()}
    assert not entries["hf:org/a:Q8_0", str(shared)].hidden
    assert entries["hf:org/a:Q8_0", str(shared)].read_only
    assert entries["hf:org/a:Q8_0", str(both.root)].hidden
    assert ("sub/plain.gguf", str(shared)) in entries
    assert len(entries) == 5  # with the built-in one: no file is listed as two


def test_nothing_is_removed_from_a_store_that_can_only_be_read(both: ModelStore, shared: Path) -> None:
    link = cache_folder.add(shared, "org/a", "a-Q8_0.gguf", MODEL)
    with pytest.raises(InvalidOptionsError, match="can only be read"):
        both.remove("hf:org/a")
    assert link.exists()
    with pytest.raises(ModelNotFoundError):
        both.remove("hf:org/none")


async def test_downloads_go_to_the_first_that_can_be_written(hub: HubServer, both: ModelStore, tmp_path: Path) -> None:
    hub.add("org/a", "a-Q8_0.gguf", MODEL)
    assert (await Downloader(both, QUICK).download("hf:org/a")).is_relative_to(both.root)
    wide = ModelStore(both.root, both.plain_folder, folders=[tmp_path / "new"])
    hub.add("org/b", "b-Q8_0.gguf", MODEL)
    assert (await Downloader(wide, QUICK).download("hf:org/b")).is_relative_to(tmp_path / "new")


async def test_what_a_store_has_is_not_fetched_again(hub: HubServer, both: ModelStore, shared: Path) -> None:
    hub.add("org/a", "a-Q8_0.gguf", MODEL)
    await Downloader(ModelStore(shared, shared), QUICK).download("hf:org/a")
    sent = len(hub.requests)
    assert (await Downloader(both, QUICK).download("hf:org/a")).is_relative_to(shared)
    assert len(hub.requests) == sent


def test_the_environment_names_stores_after_those_of_the_program(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    environ = {"LLAMA_WORKER_STORES": f"{second}{os.pathsep}{first}", "HF_HUB_CACHE": str(tmp_path / "hub")}
    found = places.places_of([str(first)], environ)
    assert [place.root for place in found] == [first, second, tmp_path / "hub"]
