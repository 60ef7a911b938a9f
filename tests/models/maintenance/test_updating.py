"""Newer revisions, from a hub of our own that moves on."""

from __future__ import annotations

import pytest

from llama_worker.errors import InvalidOptionsError
from llama_worker.messages.stored import ModelUpdate
from llama_worker.models.download.download import Downloader
from llama_worker.models.maintenance.updating import update_models
from llama_worker.models.names import parse_model_name
from llama_worker.models.store.store import ModelStore
from tests.models import raw_gguf as raw
from tests.models.download import hub_server
from tests.models.download.hub_server import HubServer

NAME = "hf:org/a:Q8_0"
OLD, NEW = raw.gguf(), raw.gguf(raw.model_keys(context_length=64))
NEWER = "b2" * 20


async def updated(store: ModelStore, *names: str, check: bool = False) -> list[ModelUpdate]:
    return await update_models(store, [parse_model_name(name) for name in names], lambda _: None, check=check)


def publish(hub: HubServer, monkeypatch: pytest.MonkeyPatch, content: bytes = NEW) -> None:
    """A commit upstream."""
    hub.add("org/a", "a-Q8_0.gguf", content)
    monkeypatch.setattr(hub_server, "COMMIT", NEWER)


@pytest.fixture
async def here(hub: HubServer, downloader: Downloader, store: ModelStore) -> ModelStore:
    hub.add("org/a", "a-Q8_0.gguf", OLD)
    await downloader.download(NAME)
    return store


async def test_the_old_revision_goes_when_the_new_one_is_whole(
    hub: HubServer, here: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [one.state for one in await updated(here)] == ["current"]
    publish(hub, monkeypatch)
    [told] = await updated(here, check=True)
    assert (told.state, told.updated, told.newest, told.size_bytes) == ("newer", False, NEWER, len(NEW))
    assert here.resolve(NAME).path.read_bytes() == OLD
    [told] = await updated(here)
    assert told.updated
    assert here.resolve(NAME).path.read_bytes() == NEW
    assert [entry.revision for entry in here.list() if entry.origin == "hub"] == [NEWER]
    assert len(list(here.repository(parse_model_name(NAME)).blobs.iterdir())) == 1  # type: ignore[arg-type]


async def test_a_new_revision_with_the_same_file_costs_nothing(
    hub: HubServer, here: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(hub, monkeypatch, OLD)
    sent = len(hub.requests)
    [told] = await updated(here)
    assert (told.state, told.updated, told.size_bytes) == ("same_file", True, 0)
    assert len(hub.requests) == sent
    assert here.resolve(NAME).path.read_bytes() == OLD
    assert [entry.revision for entry in here.list() if entry.origin == "hub"] == [NEWER]


async def test_what_is_asked_for_by_its_commit_stays(
    hub: HubServer, here: ModelStore, downloader: Downloader, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinned = f"{NAME}#{hub_server.COMMIT}"
    await downloader.download(pinned)
    assert [one.state for one in await updated(here, pinned)] == ["pinned"]
    publish(hub, monkeypatch)
    await updated(here, NAME)
    assert here.resolve(pinned).path.read_bytes() == OLD
    assert here.resolve(NAME).path.read_bytes() == NEW


async def test_a_failed_update_leaves_the_old_one(
    hub: HubServer, here: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(hub, monkeypatch)
    hub.faults.wrong_byte_at = 40
    [told] = await updated(here)
    assert (told.state, told.updated) == ("failed", False)
    assert told.problem
    assert here.resolve(NAME).path.read_bytes() == OLD
    hub.files.clear()
    assert [one.state for one in await updated(here)] == ["gone"]


async def test_what_is_of_no_hub_has_no_revisions(here: ModelStore) -> None:
    with pytest.raises(InvalidOptionsError, match="of no hub"):
        await updated(here, "builtin")
