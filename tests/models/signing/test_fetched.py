"""A signature comes with the model that it covers, and goes with the last of them."""

from __future__ import annotations

from pathlib import Path

from llama_worker.models.download.download import Downloader
from llama_worker.models.names import parse_model_name
from llama_worker.models.signing.places import signature_of
from llama_worker.models.store.store import ModelStore
from tests.models import raw_gguf as raw
from tests.models.download.hub_server import HubServer

FIRST, SECOND = "hf:org/a:Q8_0", "hf:org/a:F16"


async def test_a_signature_is_fetched_and_removed_with_models(
    hub: HubServer, store: ModelStore, downloader: Downloader
) -> None:
    hub.add("org/a", "a-Q8_0.gguf", raw.gguf())
    hub.add("org/a", "a-F16.gguf", raw.gguf(raw.model_keys(context_length=64)))
    hub.add("org/a", "other.sig", b"of nothing here")
    path = await downloader.download(FIRST)
    assert signature_of(path) is None
    hub.add("org/a", "model.sig", b"signed")
    assert await downloader.download(FIRST) == path  # only what is new of it
    assert signature_of(path) == (path.with_name("model.sig"), path.name)
    await downloader.download(SECOND)
    store.remove(parse_model_name(FIRST))
    assert path.with_name("model.sig").read_bytes() == b"signed"
    store.remove(parse_model_name(SECOND))
    assert left(store.root) == []


def left(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if ".locks" not in path.parts and path.suffix in (".sig", ".gguf", "")]
