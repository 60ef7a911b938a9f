"""From a repository of safetensors on a hub to an answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pexpect
import pytest

from llama_worker import LlamaWorker
from llama_worker.engine.devices.device import NO_DEVICES
from llama_worker.errors import InsufficientMemoryError, InvalidOptionsError, ModelNotFoundError, NotSupportedError
from llama_worker.messages.events import Downloading, Event, Processing, Progress
from llama_worker.models.names import HubName
from llama_worker.options import LlamaOptions, ModelOptions
from llama_worker.worker.finding.fitting import Machine
from llama_worker.worker.library import Library
from llama_worker.worker.making.making import make_ready
from llama_worker.worker.making.plan import plan_making
from tests.cli.driving import COMMAND, Terminal
from tests.models.converting.repositories import write_llama
from tests.models.download.hub_server import HubServer, running_hub
from tests.worker.finding.test_choosing import MIB, free, model

NAME = "hf:org/Tiny-Llama-1B"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_llama(tmp_path_factory.mktemp("models") / "Tiny-Llama-1B")


@pytest.fixture
async def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, repository: Path) -> AsyncIterator[HubServer]:
    """A hub with that repository, and an empty cache."""
    for variable in ("HF_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    async with running_hub() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        for path in repository.iterdir():
            small = path.suffix != ".safetensors"
            server.add("org/Tiny-Llama-1B", path.name, path.read_bytes(), small=small)
        yield server


@pytest.mark.slow
async def test_a_load_makes_what_is_not_here_and_the_second_finds_it(worker: LlamaWorker, hub: HubServer) -> None:
    loading = worker.load_model(NAME, convert=True, quantize="q8_0", context_size=64)
    told: list[Progress] = [progress async for progress in loading]
    model = await loading
    stages = [each.stage for each in told if isinstance(each, (Downloading, Processing))]
    assert any(stage.startswith("download") for stage in stages)
    assert [each.value for each in told] == sorted(each.value for each in told)
    assert model.path.name == "Tiny-Llama-1B-Q8_0.gguf"
    assert (await model.complete("jam", max_tokens=3, temperature=0)).usage.completion_tokens
    asked = len(hub.requests) + len(hub.hub_authorizations)
    again = await worker.load_model(NAME, context_size=64)
    assert again.path == model.path
    assert len(hub.requests) + len(hub.hub_authorizations) == asked


async def test_without_leave_nothing_is_made(worker: LlamaWorker, hub: HubServer) -> None:
    with pytest.raises(ModelNotFoundError, match="is not downloaded"):
        await worker.load_model(NAME)
    assert not hub.requests


async def test_a_plan_says_what_it_takes(hub: HubServer) -> None:
    weights = len(hub.files["org/Tiny-Llama-1B"]["model.safetensors"])
    plan = await plan_making(Library(), HubName("org/Tiny-Llama-1B"), "Q8_0", this_machine)
    assert plan.converts
    assert 0.5 * weights < plan.result_bytes < 0.6 * weights
    assert plan.download_bytes + weights < plan.disk_bytes
    assert "has no GGUF file: download" in str(plan)
    assert "quantize to Q8_0" in str(plan)


async def test_who_has_a_gguf_of_it_is_told(hub: HubServer) -> None:
    hub.add("other/Tiny-GGUF", "tiny.gguf", b"GGUF")
    hub.card("other/Tiny-GGUF", tags=("base_model:quantized:org/Tiny-Llama-1B",))
    plan = await plan_making(Library(), HubName("org/Tiny-Llama-1B"), "Q8_0", this_machine)
    assert plan.offers == ("hf:other/Tiny-GGUF",)
    assert "made from it are hf:other/Tiny-GGUF" in str(plan)


async def test_of_several_one_is_fetched_that_fits(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for quantization, size in (("Q4_K_M", 6 * MIB), ("Q3_K_M", 4 * MIB), ("Q2_K", 2 * MIB)):
        hub.add("org/some-GGUF", f"some-{quantization}.gguf", model(size))
    free(monkeypatch, 5 * MIB)
    name, events, library = HubName("org/some-GGUF"), list[Event](), Library()
    plan = await plan_making(library, name, "Q8_0", this_machine)
    assert (str(plan.chosen), plan.converts, plan.quantization) == ("hf:org/some-GGUF:Q3_K_M", False, None)
    assert "is not here: download hf:org/some-GGUF:Q3_K_M, 4.2 MB (Q4_K_M needs" in str(plan)
    await make_ready(library, name, ModelOptions(convert=True), this_machine, events.append)
    files = library.files_here(name)
    assert files is not None
    assert files.path.name == "some-Q3_K_M.gguf"
    told = {(event.chosen, event.reason) for event in events if isinstance(event, Downloading)}
    assert told == {("hf:org/some-GGUF:Q3_K_M", plan.reason)}


async def test_where_no_file_fits_whole_weights_are_made_smaller(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If somebody says to what, and that fits."""
    for size, quantization in ((8, "Q4_K_M"), (6, "Q2_K")):
        hub.add("org/Tiny-Llama-1B", f"tiny-{quantization}.gguf", model(size * MIB))
    free(monkeypatch, MIB)
    plan = await plan_making(Library(), HubName("org/Tiny-Llama-1B"), "Q8_0", this_machine)
    assert (plan.converts, plan.quantization) == (True, "Q8_0")
    assert "has no GGUF file that fits (the smallest needs" in str(plan)
    with pytest.raises(InsufficientMemoryError, match="the smallest, hf:org/Tiny-Llama-1B:Q2_K, needs"):
        await plan_making(Library(), HubName("org/Tiny-Llama-1B"), None, this_machine)
    del hub.files["org/Tiny-Llama-1B"]["model.safetensors"]
    with pytest.raises(InsufficientMemoryError):
        await plan_making(Library(), HubName("org/Tiny-Llama-1B"), "Q8_0", this_machine)


async def test_what_cannot_be_made_is_said(worker: LlamaWorker, hub: HubServer) -> None:
    hub.add("org/pickles", "pytorch_model.bin", b"x" * 100)
    with pytest.raises(NotSupportedError, match="a pickle, which can run any code"):
        await worker.load_model("hf:org/pickles", convert=True)
    with pytest.raises(InvalidOptionsError, match="nothing to quantize to"):
        await worker.load_model(NAME, convert=True, quantize="Q99")


@pytest.mark.slow
async def test_one_command_takes_a_repository_to_an_answer(hub: HubServer) -> None:
    """From a clean cache; without --yes the plan is told, and nothing is done."""
    arguments = ("run", NAME, "jam", "--max-tokens", "3", "--temperature", "0", "--quantize", "Q8_0")
    code, out, told = await called(*arguments)
    assert (code, out) == (1, "")
    assert "quantize to Q8_0" in told
    assert "say --yes to do that" in told
    assert not hub.requests
    code, out, told = await called(*arguments, "--yes")
    assert (code, "quantize to Q8_0" in told) == (0, True)
    second = await called(*arguments)
    assert second[:2] == (0, out)


@pytest.mark.slow
async def test_on_a_terminal_somebody_is_asked(hub: HubServer) -> None:
    def refuse() -> str:
        terminal = Terminal("run", NAME, "jam")
        terminal.child.expect_exact("Do that?")
        told = terminal.child.before or ""
        terminal.child.send("n\r")
        terminal.child.expect(pexpect.EOF)
        return " ".join(told.split())

    told = await asyncio.to_thread(refuse)
    assert "has no GGUF file: download" in told
    assert "quantize to Q4_K_M" in told
    assert not hub.requests


async def this_machine() -> Machine:
    return Machine(LlamaOptions(), ModelOptions(), NO_DEVICES)


async def called(*arguments: str) -> tuple[int, str, str]:
    """A command beside the hub, which lives in this program."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, told = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), " ".join(told.decode().split())
