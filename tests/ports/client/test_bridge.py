"""What is the bridge's own; that it behaves as a worker does is tested in `behaviour/`."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from llama_worker import LlamaWorker, errors
from llama_worker.errors import EngineDiedError, LlamaWorkerError, ModelNotLoadedError, PortClosedError
from llama_worker.messages import Cleanup, CompletionChunk, ErrorMessage, Info
from llama_worker.ports.client.bridge import LlamaWorkerBridge
from llama_worker.ports.client.errors import rebuild_error
from llama_worker.ports.client.in_process import in_process_port
from llama_worker.ports.client.stdio import ChildPort, stdio_port
from llama_worker.ports.codec import encode
from llama_worker.worker.reporting import error_message
from tests.gguf_factory import write_gguf

# The engine's own HTTP and its slots: for the HTTP server beside the worker, not for other programs.


def every_error() -> list[LlamaWorkerError]:
    special: dict[type, LlamaWorkerError] = {
        EngineDiedError: EngineDiedError("It died.", phase="load", signal="SIGSEGV", pid=7, log_tail=("a", "b")),
        errors.InvalidOptionsError: errors.InvalidOptionsError("Wrong.", path="top_p"),
        errors.InvalidOutputError: errors.InvalidOutputError("Cut.", text="{"),
        errors.FunctionCallError: errors.FunctionCallError("It failed.", function="f"),
        errors.ApprovalError: errors.ApprovalError("It was not asked.", function="f"),
        errors.McpServerError: errors.McpServerError("It has ended.", server="files"),
        errors.RequestQuarantinedError: errors.RequestQuarantinedError("Not again.", deaths=2),
        errors.ContextOverflowError: errors.ContextOverflowError("Too long.", prompt_tokens=9, context_size=8),
        errors.GatedModelError: errors.GatedModelError("Not for all.", page="https://hub/org/repo"),
        errors.DownloadError: errors.DownloadError("No.", reason="offline", status=404),
        errors.InsufficientMemoryError: errors.InsufficientMemoryError("Big.", required_bytes=9, available_bytes=8),
    }
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, LlamaWorkerError) and "code" in vars(kind)
    ]
    return [special.get(kind) or kind("What happened.", model="m", operation_id="o") for kind in kinds]


@pytest.mark.parametrize("error", every_error(), ids=lambda error: error.code)
def test_an_error_survives_the_wire(error: LlamaWorkerError) -> None:
    """Its class, its words and its facts."""
    rebuilt = rebuild_error(error_message(error))
    assert type(rebuilt) is type(error)
    assert rebuilt.message == error.message
    assert rebuilt.details() == error.details()


def test_an_error_of_a_newer_version() -> None:
    """The code and the words stay."""
    message = ErrorMessage(code="not_invented_yet", message="Oh.", error="Oh.", details={"someFact": 1})
    rebuilt = rebuild_error(message)
    assert type(rebuilt) is LlamaWorkerError
    assert (rebuilt.code, rebuilt.message) == ("not_invented_yet", "Oh.")


async def test_a_child_that_is_killed(random_model_path: Path) -> None:
    """What runs fails, its models are gone, and the next load starts another child."""
    port = stdio_port()
    assert isinstance(port, ChildPort)
    async with LlamaWorkerBridge(port) as bridge:
        model = await bridge.load_model(random_model_path)
        operation = model.complete("a", max_tokens=100_000, temperature=0)
        await anext(stream := aiter(operation))
        assert port.pid is not None
        os.kill(port.pid, signal.SIGKILL)
        with pytest.raises(PortClosedError):
            await operation
        assert (model.loaded, bridge.models) == (False, ())
        with pytest.raises(ModelNotLoadedError):
            model.complete("a")
        again = await bridge.load_model(random_model_path)
        assert (await again.complete("a", max_tokens=2)).usage.completion_tokens == 2
        del stream


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[Path]:
    """Where a command writes the pid of a process of its own that keeps its output open for longer than any test."""
    path = tmp_path / "sleeper"
    yield path
    os.kill(int(path.read_text()), signal.SIGKILL)


async def test_a_child_whose_output_outlives_it(sleeper: Path) -> None:
    """Its end is noticed, and the next request starts another child."""
    port = ChildPort(("sh", "-c", f"test -e {sleeper} && exec cat; sleep 1000 & echo $! > {sleeper}"), None)
    async with asyncio.timeout(60):
        assert await anext(aiter(port), None) is None
    assert port.pid is None
    await port.send(Cleanup())
    second = port.pid
    assert second is not None
    await port.close()
    assert not psutil.pid_exists(second)


async def test_what_was_asked_of_a_child_whose_output_outlives_it(sleeper: Path, random_model_path: Path) -> None:
    """It fails when the child ends, not when its output does; and cleanup waits for nobody."""
    worker = (
        f"test -e {sleeper} || {{ sleep 1000 & echo $! > {sleeper}; }}; exec {sys.executable} -m llama_worker stdio"
    )
    port = ChildPort(("sh", "-c", worker), None)
    async with asyncio.timeout(60), LlamaWorkerBridge(port) as bridge:
        model = await bridge.load_model(random_model_path)
        operation = model.complete("a", max_tokens=100_000, temperature=0)
        await anext(stream := aiter(operation))
        assert port.pid is not None
        os.kill(port.pid, signal.SIGKILL)
        with pytest.raises(PortClosedError):
            await operation
        await bridge.load_model(random_model_path)
        del stream


@pytest.mark.parametrize("asked", [0, 8, *(pytest.param(rarely, marks=pytest.mark.slow) for rarely in (2, 32))])
async def test_a_request_at_any_moment_of_a_childs_end(asked: int) -> None:
    """It is answered, by this child or another, or fails as what ran: there is no moment in which it is lost."""
    port = stdio_port()
    assert isinstance(port, ChildPort)
    async with asyncio.timeout(60), LlamaWorkerBridge(port) as bridge:
        assert port.pid is not None
        os.kill(port.pid, signal.SIGKILL)
        for _ in range(asked):
            await asyncio.sleep(0)
        with contextlib.suppress(PortClosedError):
            await bridge.initialize()
        await bridge.initialize()


async def test_a_command_that_does_not_exist() -> None:
    """The error says so."""
    bridge = LlamaWorkerBridge(stdio_port(("/nowhere/llama-worker",)))
    with pytest.raises(PortClosedError, match="/nowhere/llama-worker"):
        await bridge.initialize()


async def test_a_packed_program_must_name_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its `sys.executable` is itself: it would start itself again and again."""
    monkeypatch.setattr("sys.frozen", True, raising=False)
    with pytest.raises(errors.InvalidOptionsError, match="packed program"):
        stdio_port()
    assert stdio_port(("llama-worker", "stdio"))


async def test_a_second_try_is_made(tmp_path: Path) -> None:
    """A command that could not be started may be there later."""
    command = tmp_path / "llama-worker"
    bridge = LlamaWorkerBridge(stdio_port((str(command),)))
    with pytest.raises(PortClosedError):
        await bridge.initialize()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m llama_worker stdio\n')
    command.chmod(0o755)
    await bridge.initialize()
    assert bridge.abilities is not None
    await bridge.cleanup()


async def test_events_are_the_same_structs(worker: LlamaWorker) -> None:
    """Over a bridge and in the worker itself; a callback that raises harms nothing."""
    near: list[Any] = []
    far: list[Any] = []
    worker.on("completion_chunk", near.append)
    bridge = LlamaWorkerBridge(in_process_port(worker))
    bridge.on("completion_chunk", far.append)
    bridge.on("completion_chunk", lambda message: 1 / 0)
    off = bridge.on("completion_done", far.append)
    off()
    off()
    reply = await (await bridge.load_model("builtin")).complete("Hello", max_tokens=5, temperature=0)
    assert {type(message) for message in far} == {CompletionChunk}
    for heard in (near, far):
        assert "".join(message.chunk for message in heard) == reply.text
    with pytest.raises(errors.InvalidOptionsError, match="Unknown event 'nope'"):
        bridge.on("nope", print)  # type: ignore[call-overload]
    await bridge.cleanup()


async def test_an_engine_that_was_restarted_has_another_pid(random_model_path: Path) -> None:
    """The model knows which process computes now."""
    async with LlamaWorkerBridge(stdio_port()) as bridge:
        model = await bridge.load_model(random_model_path)
        before = model.pid
        assert before is not None
        died = asyncio.Event()
        bridge.on("error", lambda message: died.set())
        os.kill(before, signal.SIGKILL)
        async with asyncio.timeout(30):
            await died.wait()
        assert model.pid is None
        await model.complete("a", max_tokens=2)
        assert model.pid not in (None, before)


async def test_a_function_is_run_here(worker: LlamaWorker) -> None:
    """The model asks for it over the wire, and its result goes back."""
    bridge = LlamaWorkerBridge(in_process_port(worker))
    session = await (await bridge.load_model("builtin")).create_session()
    asked: list[str] = []

    def get_weather(city: str) -> str:
        """The current weather of a city."""
        asked.append(city)
        return f"It is sunny in {city}, 24 degrees."

    operation = session.prompt("What is the weather in Lisbon?", functions=[get_weather], temperature=0)
    events = [type(event).__name__ async for event in operation.events()]
    assert asked == ["Lisbon"]
    assert {"ToolCalled", "ToolReturned"} <= set(events)
    roles = [message["role"] for message in session.get_chat_history()]
    assert roles == ["user", "assistant", "tool", "assistant"]
    await bridge.cleanup()


@pytest.mark.parametrize("far", [False, True])
async def test_a_pause_over_a_bridge(far: bool, tmp_path: Path) -> None:
    """The state is told, nothing comes while it lasts, and the text is the one that would have come."""
    path = write_gguf(tmp_path / "model.gguf", plain_text=True)
    async with LlamaWorkerBridge(stdio_port() if far else in_process_port(LlamaWorker())) as bridge:
        model = await bridge.load_model(path)
        options: dict[str, Any] = {"max_tokens": 600, "temperature": 0, "engine_options": {"ignore_eos": True}}
        whole = await model.complete("mama papa", **options)
        for _ in range(20):
            operation = model.complete("mama papa", **options)
            stream = aiter(operation)
            pieces = [await anext(stream)]
            operation.pause()
            while not (paused := operation.state == "paused") and not operation.finished:
                await asyncio.sleep(0.005)
            operation.resume()
            pieces += [piece async for piece in stream]
            assert "".join(pieces) == (await operation).text == whole.text
            if paused:
                return
        pytest.fail("It was never paused before it had ended.")


async def test_what_is_asked_together_arrives_together(tmp_path: Path) -> None:
    """So that no other process begins an answer long before it reads that it is to be ended."""
    seen = tmp_path / "seen"
    ready = encode(Info(message="ready")).decode()
    program = f"import os, sys; print({ready!r}, flush=True); open({str(seen)!r}, 'wb').write(os.read(0, 4096))"
    port = stdio_port([sys.executable, "-S", "-c", program])
    answers = aiter(port)
    assert await anext(answers) == Info(message="ready")
    for number in range(100):
        await port.send(Cleanup(id=number))
    assert [message async for message in answers] == []
    assert seen.read_text().count("\n") == 100


async def test_a_cancelled_cleanup_goes_on(random_model_path: Path) -> None:
    """Neither the child nor its engine is left."""
    bridge = LlamaWorkerBridge(stdio_port())
    model = await bridge.load_model(random_model_path, sequences=1)
    assert model.pid
    engine = psutil.Process(model.pid)
    cleaning = asyncio.create_task(bridge.cleanup())
    await asyncio.sleep(0)
    cleaning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cleaning
    assert await asyncio.to_thread(engine.wait, 30) is None


async def test_an_empty_schema_is_one(worker: LlamaWorker) -> None:
    """Any JSON, but JSON."""
    bridge = LlamaWorkerBridge(in_process_port(worker, shared=True))
    model = await bridge.load_model("builtin")
    far = await model.complete("Hi", json_schema={}, temperature=0, max_tokens=3, stop_on_abort=True)
    near = await worker.models[-1].complete("Hi", json_schema={}, temperature=0, max_tokens=3)
    assert far.text == near.text
    await bridge.cleanup()
