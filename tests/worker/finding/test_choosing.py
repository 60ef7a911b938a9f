"""A repository without a quantization: what fits is fetched, and it is told why."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_worker import LlamaWorker, errors
from llama_worker.engine.devices.device import NO_DEVICES
from llama_worker.messages.events import Downloading
from llama_worker.models.memory.available import AvailableMemory
from llama_worker.models.names import parse_model_name
from llama_worker.models.store.store import ModelStore
from llama_worker.options import LlamaOptions, ModelOptions
from llama_worker.worker import loading
from llama_worker.worker.finding import fitting
from llama_worker.worker.finding.choosing import Choice, choose
from llama_worker.worker.finding.fitting import Machine
from tests.models import raw_gguf as raw
from tests.models.conftest import QUICK, hub  # noqa: F401
from tests.models.download.hub_server import HubServer

REPO = "org/tiny-GGUF"
MIB = 1 << 20


def model(size: int) -> bytes:
    return raw.gguf(raw.model_keys(), [raw.tensor("noise", (size // 4,))], data=bytes(size))


@pytest.fixture
def repository(hub: HubServer) -> HubServer:  # noqa: F811
    for quantization, size in (("Q8_0", 8 * MIB), ("Q4_K_M", 6 * MIB), ("Q3_K_M", 4 * MIB), ("Q2_K", 2 * MIB)):
        hub.add(REPO, f"tiny-{quantization}.gguf", model(size))
    return hub


def free(monkeypatch: pytest.MonkeyPatch, header_bytes: int) -> None:
    """So much is free that a model with so many bytes of tensors fits just so."""
    nothing = Machine(LlamaOptions(), ModelOptions(), NO_DEVICES)
    from llama_worker.models.gguf.inspect import read_source

    class Source:
        def __init__(self, content: bytes) -> None:
            self._content = content
            self.size = len(content)

        def read_at(self, offset: int, length: int) -> bytes:
            return self._content[offset : offset + length]

    enough = nothing.fit(read_source(Source(model(header_bytes)), "m")).required_bytes
    memory = AvailableMemory(enough + MIB // 2, 2 * enough)
    for module in (fitting, loading):
        monkeypatch.setattr(module, "available_memory", lambda: memory)


async def chosen(store: ModelStore, name: str = f"hf:{REPO}") -> Choice:
    async def machine() -> Machine:
        return Machine(LlamaOptions(), ModelOptions(), NO_DEVICES)

    return await choose(parse_model_name(name), store, machine, settings=QUICK)


@pytest.mark.parametrize(("room", "quantization"), [(9, "Q4_K_M"), (6, "Q4_K_M"), (5, "Q3_K_M"), (2, "Q2_K")])
async def test_the_usual_one_or_the_largest_below_it_that_fits(
    repository: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int, quantization: str
) -> None:
    free(monkeypatch, room * MIB)
    choice = await chosen(ModelStore(tmp_path))
    assert str(choice.name) == f"hf:{REPO}:{quantization}"
    assert "needs" in choice.reason
    assert ("usual" in choice.reason) == (quantization == "Q4_K_M")


async def test_nothing_fits(repository: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, MIB)
    with pytest.raises(errors.InsufficientMemoryError, match="the smallest, hf:org/tiny-GGUF:Q2_K, needs") as told:
        await chosen(ModelStore(tmp_path))
    assert told.value.required_bytes
    named = await chosen(ModelStore(tmp_path), f"hf:{REPO}:Q8_0")
    assert (str(named.name), named.reason) == (f"hf:{REPO}:Q8_0", "")


async def test_it_is_told_and_what_is_here_stays(
    repository: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    free(monkeypatch, 4 * MIB)
    async with LlamaWorker() as worker:
        download = worker.download_model(f"hf:{REPO}")
        events = [event async for event in download]
        assert (await download).name == "tiny-Q3_K_M.gguf"
        assert isinstance(events[-1], Downloading)
        assert events[-1].chosen == f"hf:{REPO}:Q3_K_M"
        assert "Q4_K_M needs" in events[-1].reason
        free(monkeypatch, 8 * MIB)
        assert (await worker.download_model(f"hf:{REPO}")).name == "tiny-Q3_K_M.gguf"


async def test_a_repository_without_gguf_leads_to_those_that_have_one(hub: HubServer, tmp_path: Path) -> None:  # noqa: F811
    hub.add("org/tiny", "model.safetensors", b"x")
    hub.add(REPO, "tiny-Q8_0.gguf", model(MIB))
    hub.card(REPO, tags=("base_model:org/tiny", "base_model:quantized:org/tiny"), downloads=3)
    hub.add("else/tiny-GGUF", "tiny-Q8_0.gguf", model(MIB))
    hub.card("else/tiny-GGUF", tags=("base_model:quantized:org/tiny",), downloads=9)
    async with LlamaWorker() as worker:
        with pytest.raises(errors.NoGgufError, match="name one of them") as told:
            await worker.download_model("hf:org/tiny")
    assert told.value.offers == ("hf:else/tiny-GGUF", f"hf:{REPO}")
    assert told.value.code == "no_gguf"
    assert not hub.transfers
