"""A pause gives the slot back and changes nothing of the answer."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, Model, Operation, Reply
from llama_worker.errors import OperationAborted, PauseNotSupportedError
from llama_worker.messages.events import Event, TextDelta, ToolCallDelta
from llama_worker.worker.operations.pausing import PauseGate
from tests.gguf_factory import write_gguf
from tests.worker.tools.test_toolbox import when_to_go_out

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUESTION = [{"role": "user", "content": "Tell me a story."}]
SCHEMA = {
    "type": "object",
    "properties": {
        "names": {"type": "array", "items": {"type": "string", "maxLength": 12}, "minItems": 4, "maxItems": 4},
        "count": {"type": "integer", "maximum": 99},
    },
    "required": ["names", "count"],
}


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.005)


async def paused_again_and_again(
    operation: Operation[Reply, str], every: int, *, kind: type = TextDelta, times: int = 1000
) -> Reply:
    """Pause at once with each so many pieces of text, and go on."""
    seen, pauses, left = 0, 0, times
    report = operation.report

    def report_and_pause(event: Event) -> None:
        nonlocal seen, left
        report(event)
        if operation.gate.closed:
            return  # what was on its way when the pause was asked for
        seen += isinstance(event, kind)
        if seen >= every and left:
            seen, left = 0, left - 1
            operation.pause()

    setattr(operation, "report", report_and_pause)  # noqa: B010 - so that it happens with this very piece
    while not operation.finished:
        await until(lambda: operation.state == "paused" or operation.finished)
        pauses += operation.state == "paused"
        operation.resume()
        await asyncio.sleep(0)
    assert pauses, "the answer was too short to be paused"
    return await operation


ASKED: dict[str, dict[str, Any]] = {
    "text": {"max_tokens": 60, "engine_options": {"ignore_eos": True}},
    "prefix": {"max_tokens": 60, "response_prefix": "Once ", "engine_options": {"ignore_eos": True}},
    "stop": {"max_tokens": 60, "stop_sequences": ["q" * 9], "engine_options": {"ignore_eos": True}},
    "schema": {"max_tokens": 400, "json_schema": SCHEMA},
    "grammar": {"max_tokens": 60, "grammar": 'root ::= ("a" [0-9]{2} "-"){12} [xyz]+'},
    "characters of several tokens": {
        "max_tokens": 45,
        "grammar": "japanese",
        "engine_options": {"ignore_eos": True},
    },
    "list": {"max_tokens": 40, "grammar": "list", "response_prefix": "- I"},
    "penalty": {"max_tokens": 60, "repeat_penalty": {"penalty": 1.3}, "engine_options": {"ignore_eos": True}},
}


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("which", ["noise", "small"])
async def test_a_paused_chat_says_the_same(noise: Model, small: Model, which: str, name: str) -> None:
    model = noise if which == "noise" else small
    whole = await model.chat(QUESTION, temperature=0, **ASKED[name])
    paused = await paused_again_and_again(model.chat(QUESTION, temperature=0, **ASKED[name]), every=4)
    assert paused.text == whole.text
    assert paused.parsed == whole.parsed
    assert paused.finish_reason == whole.finish_reason
    assert paused.usage.prompt_tokens == whole.usage.prompt_tokens
    assert paused.usage.completion_tokens == whole.usage.completion_tokens


@pytest.mark.parametrize("options", [{}, {"grammar": "english"}, {"grammar": "root ::= [a-f]+ [0-9]+"}])
async def test_a_paused_completion_says_the_same(noise: Model, options: dict[str, Any]) -> None:
    whole = await noise.complete("mama papa", temperature=0, max_tokens=50, **options)
    operation = noise.complete("mama papa", temperature=0, max_tokens=50, **options)
    assert (await paused_again_and_again(operation, every=6)).text == whole.text


async def test_the_stream_is_the_text_over_all_pauses(noise: Model) -> None:
    operation = noise.complete("mama papa", temperature=0, max_tokens=50, grammar="english")
    pieces: list[str] = []

    async def read() -> None:
        pieces.extend([piece async for piece in operation])

    reader = asyncio.create_task(read())
    reply = await paused_again_and_again(operation, every=5)
    await reader
    assert "".join(pieces) == reply.text


async def test_a_seeded_completion_within_a_grammar_says_the_same(noise: Model) -> None:
    """It is begun anew with the same seed."""
    options: dict[str, Any] = {"temperature": 1.0, "seed": 11, "max_tokens": 40, "grammar": "english"}
    whole = await noise.complete("go", **options)
    assert (await paused_again_and_again(noise.complete("go", **options), every=5)).text == whole.text


async def test_sampled_text_goes_on_after_a_pause(noise: Model) -> None:
    reply = await paused_again_and_again(noise.complete("go", temperature=1.0, max_tokens=40), every=5)
    assert reply.usage.completion_tokens == 40


async def test_a_session_ends_with_the_whole_answer(small: Model) -> None:
    session = await small.create_session()
    reply = await paused_again_and_again(session.prompt("Tell me a story.", temperature=0, max_tokens=60), every=7)
    assert session.get_chat_history() == [*QUESTION, {"role": "assistant", "content": reply.text}]


async def test_resuming_reads_almost_nothing_again(noise: Model) -> None:
    question = "la li lo lu " * 60
    operation = noise.complete(question, temperature=0, max_tokens=60)
    reply = await paused_again_and_again(operation, every=20)
    unpaused = await noise.complete(question, temperature=0, max_tokens=60)
    assert reply.usage.prompt_tokens == unpaused.usage.prompt_tokens > 100
    assert reply.text == unpaused.text


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def narrow(shared_worker: LlamaWorker, random_model_path: Path) -> Model:
    """A model with one slot."""
    return await shared_worker.load_model(random_model_path, sequences=1)


async def test_a_paused_generation_holds_no_slot(narrow: Model) -> None:
    operation = narrow.complete("go", max_tokens=2000, temperature=0)
    await until(lambda: operation.state == "running")
    operation.pause()
    await until(lambda: operation.state == "paused")
    assert (await narrow.complete("other", max_tokens=3)).usage.completion_tokens == 3
    operation.resume()
    await until(lambda: operation.state == "running")
    operation.abort()
    with pytest.raises(OperationAborted):
        await operation


async def test_a_queued_generation_can_be_paused(narrow: Model) -> None:
    first = narrow.complete("go", max_tokens=3000, temperature=0)
    second = narrow.complete("go", max_tokens=3)
    await until(lambda: first.state == "running")
    second.pause()
    await until(lambda: second.state == "paused")
    first.abort()
    await first.wait()
    assert second.state == "paused"
    second.resume()
    assert (await second).usage.completion_tokens == 3


async def test_aborting_while_paused_keeps_the_text(noise: Model) -> None:
    session = await noise.create_session()
    operation = session.prompt("go", max_tokens=500, temperature=0, stop_on_abort=True)
    stream = aiter(operation)
    first = await anext(stream)
    operation.pause()
    await until(lambda: operation.state == "paused")
    operation.abort()
    reply = await operation
    assert reply.finish_reason == "abort"
    assert reply.text.startswith(first)
    assert session.get_chat_history()[-1]["content"] == reply.text


async def test_pausing_is_harmless_where_it_means_nothing(noise: Model, shared_worker: LlamaWorker) -> None:
    operation = noise.complete("go", max_tokens=3, temperature=0)
    operation.resume()
    reply = await operation
    operation.pause()
    operation.resume()
    assert await operation is reply
    with pytest.raises(PauseNotSupportedError):
        shared_worker.create_context().pause()


async def test_a_pause_within_a_function_call_begins_the_call_anew(small: Model) -> None:
    """Greedy, it is the same call again."""
    question = [{"role": "user", "content": "What is the weather in Paris?"}]
    options: dict[str, Any] = {
        "temperature": 0,
        "functions": [when_to_go_out(40)],
        "function_choice": "required",
        "max_parallel_function_calls": 1,
        "max_tokens": 400,
    }
    whole = await small.chat(question, **options)
    operation = small.chat(question, **options)
    told = operation.events()
    paused = await paused_again_and_again(operation, every=4, kind=ToolCallDelta, times=2)
    assert [(call.name, call.arguments) for call in paused.tool_calls] == [
        (call.name, call.arguments) for call in whole.tool_calls
    ]
    offsets = [event.offset async for event in told if isinstance(event, ToolCallDelta)]
    assert offsets.count(0) == 3


async def test_a_pause_while_a_function_runs_comes_after_it(small: Model) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()

    async def get_weather(city: str) -> str:
        """Weather in a city."""
        began.set()
        await go_on.wait()
        return f"sunny in {city}"

    session = await small.create_session()
    operation = session.prompt(
        "What is the weather in Paris?",
        functions=[get_weather],
        function_choice="required",
        max_function_rounds=1,
        temperature=0,
        max_tokens=60,
    )
    await began.wait()
    operation.pause()
    go_on.set()
    await until(lambda: operation.state == "paused")
    assert session.get_chat_history() == []
    operation.resume()
    await operation
    assert [message["role"] for message in session.get_chat_history()][1:3] == ["assistant", "tool"]


@pytest.mark.parametrize("seed", range(6))
async def test_pauses_resumes_and_aborts_in_any_order_leave_everything_well(noise: Model, seed: int) -> None:
    chance = random.Random(seed)
    sessions = [await noise.create_session() for _ in range(6)]
    operations = [session.prompt("mama papa", max_tokens=80, temperature=0) for session in sessions]
    alone = (await noise.chat([{"role": "user", "content": "mama papa"}], max_tokens=80, temperature=0)).text
    for _ in range(60):
        getattr(chance.choice(operations), chance.choice(["pause", "resume", "resume"]))()
        await asyncio.sleep(chance.choice([0, 0, 0.002]))
    aborted = operations[seed % len(operations)]
    aborted.abort()
    for operation in operations:
        operation.resume()
        await operation.wait()
    for session, operation in zip(sessions, operations, strict=True):
        history = session.get_chat_history()
        if operation.state == "done":
            assert history[-1]["content"] == operation.result().text == alone
        elif history:
            assert alone.startswith(str(history[-1]["content"] or "?"))
    await asyncio.gather(*(noise.complete("go", max_tokens=2) for _ in range(8)))  # every slot is free again


async def test_a_pause_outlives_the_engine(shared_worker: LlamaWorker, tmp_path: Path) -> None:
    """The text is kept on this side: a new engine reads it and goes on."""
    model = await shared_worker.load_model(write_gguf(tmp_path / "model.gguf", plain_text=True))
    whole = await model.complete("mama papa", max_tokens=60, temperature=0)
    operation = model.complete("mama papa", max_tokens=60, temperature=0)
    await until(lambda: operation.state == "running")
    operation.pause()
    await until(lambda: operation.state == "paused" or operation.finished)
    assert model.pid
    os.kill(model.pid, signal.SIGKILL)
    await until(lambda: model.pid is None)
    operation.resume()
    assert (await operation).text == whole.text
    await model.unload()


async def test_work_that_fails_while_it_is_cancelled_is_no_loose_end() -> None:
    async def stubborn() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            raise ValueError("on the way out") from None

    waiting = asyncio.create_task(PauseGate().run(stubborn()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
