"""What `logging.getLogger("llama_worker")` tells, and that it never tells a text unless asked for it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Iterator

import pytest

from llama_worker import LlamaWorker, Model
from llama_worker.loggers import TEXT, tells_text

SECRET = "kumquat"


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that any logger says, at DEBUG."""
    caplog.set_level(logging.DEBUG)
    TEXT.setLevel(logging.NOTSET)
    return caplog


@pytest.fixture
async def small(told: pytest.LogCaptureFixture, worker: LlamaWorker) -> Model:
    """The built-in model, loaded while somebody listens."""
    return await worker.load_model("builtin", context_size=2048, sequences=2)


@pytest.fixture
def text_logger() -> Iterator[logging.Logger]:
    yield TEXT
    TEXT.setLevel(logging.NOTSET)


def lines(told: pytest.LogCaptureFixture, logger: str, level: int) -> list[str]:
    records = [*told.get_records("setup"), *told.records]
    return [record.getMessage() for record in records if (record.name, record.levelno) == (logger, level)]


async def test_an_engine_tells_its_pid_settings_and_times(
    told: pytest.LogCaptureFixture, worker: LlamaWorker, small: Model
) -> None:
    pid, threads = small.pid, small.runtime.settings.threads
    await worker.cleanup()
    started, ready, stopped = lines(told, "llama_worker.engine", logging.INFO)
    assert started.startswith(f"engine {pid} started: xllamacpp with {small.path}, context_size=2048, sequences=2, ")
    assert f"threads={threads}, " in started
    assert ready.startswith(f"engine {pid} ready after ")
    assert stopped == f"engine {pid} stopped"
    assert lines(told, "llama_worker.models", logging.INFO) == ["model builtin loaded", "model builtin unloaded"]


async def test_a_death_tells_its_signal_and_the_engine_comes_again(
    told: pytest.LogCaptureFixture, small: Model
) -> None:
    pid = small.pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    while small.pid is not None:
        await asyncio.sleep(0.01)
    await small.complete("a", max_tokens=1)
    said = lines(told, "llama_worker.engine", logging.INFO)
    assert any(
        line.startswith(f"engine {pid} died (SIGKILL, phase idle): The engine process was killed") for line in said
    )
    assert f"the engine of {small.path} is started again" in said
    assert sum(" ready after " in line for line in said) == 2


async def test_a_request_tells_its_figures_and_not_its_text(told: pytest.LogCaptureFixture, small: Model) -> None:
    session = await small.create_session(system_prompt=f"Never say {SECRET}.")
    operation = session.prompt(f"What is a {SECRET}?", temperature=0, max_tokens=12, response_prefix=f"The {SECRET}")
    reply = await operation
    said = lines(told, "llama_worker.operations", logging.DEBUG)
    assert f"prompt {operation.id} begun" in said
    assert any(line.startswith(f"prompt {operation.id} running after ") for line in said)
    [end] = [line for line in said if f"{operation.id} done" in line]
    assert f"finish reason {reply.finish_reason}" in end
    assert f"{reply.usage.prompt_tokens} prompt tokens" in end
    assert f"{reply.usage.completion_tokens} completion tokens" in end
    assert SECRET not in told.text
    assert reply.text not in told.text


async def test_functions_are_told_by_name_and_nothing_else(told: pytest.LogCaptureFixture, small: Model) -> None:
    asked: list[str] = []

    def get_weather(city: str) -> str:
        """Current weather in a city."""
        asked.append(city)
        return f"{SECRET}, 21 degrees"

    session = await small.create_session()
    operation = session.prompt("What is the weather in Paris?", functions=[get_weather], temperature=0)
    await operation
    assert asked
    said = lines(told, "llama_worker.operations", logging.DEBUG)
    assert f"prompt {operation.id} function get_weather called" in said
    assert any(line.startswith(f"prompt {operation.id} function get_weather returned after ") for line in said)
    assert asked[0] not in told.text
    assert SECRET not in told.text


async def test_pause_resume_and_abort_are_told(told: pytest.LogCaptureFixture, slow_model: Model) -> None:
    operation = slow_model.complete(SECRET, max_tokens=3000)
    stream = aiter(operation)
    await anext(stream)
    operation.pause()
    for state, go_on in (("paused", operation.resume), ("running", operation.abort)):
        while operation.state != state:
            await asyncio.sleep(0.01)
        go_on()
    await operation.wait()
    states = [line.split()[2] for line in lines(told, "llama_worker.operations", logging.DEBUG) if operation.id in line]
    assert states == ["begun", "running", "paused", "queued", "running", "aborted"]
    assert "finish reason abort" in told.text
    assert SECRET not in told.text


async def test_a_failure_tells_its_code(told: pytest.LogCaptureFixture, small: Model) -> None:
    def get_weather(city: str) -> str:
        """Current weather in a city."""
        raise ValueError(SECRET)

    session = await small.create_session()
    asking = session.prompt(
        "What is the weather in Paris?", functions=[get_weather], on_function_error="raise", temperature=0
    )
    await asking.wait()
    assert asking.state == "failed"
    assert any(
        line.startswith(f"prompt {asking.id} failed after ") and line.endswith(": error function_call_failed")
        for line in lines(told, "llama_worker.operations", logging.DEBUG)
    )
    assert SECRET not in told.text


async def test_text_is_told_when_its_own_logger_is_set(
    told: pytest.LogCaptureFixture, small: Model, text_logger: logging.Logger
) -> None:
    text_logger.setLevel(logging.DEBUG)
    reply = await small.complete(f"A {SECRET} is", temperature=0, max_tokens=5)
    prompt, answer = lines(told, "llama_worker.text", logging.DEBUG)
    assert prompt.endswith(f" prompt: A {SECRET} is")
    assert answer.endswith(f" answer: {reply.text}")


@pytest.mark.parametrize(("level", "tells"), [(logging.NOTSET, False), (logging.INFO, False), (logging.DEBUG, True)])
def test_what_the_text_logger_inherits_does_not_count(
    told: pytest.LogCaptureFixture, text_logger: logging.Logger, level: int, tells: bool
) -> None:
    text_logger.setLevel(level)
    assert tells_text() is tells
