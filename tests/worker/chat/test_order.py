"""However a prompt ends, its history is one that a strict chat template takes, and the next prompt is answered.

The engine's template here refuses any other order itself.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from llama_worker import ChatSession, LlamaWorker, Model, PromptOptions, ToolCall
from llama_worker.errors import FunctionCallError, InvalidOptionsError
from llama_worker.ports.client.bridge import LlamaWorkerBridge
from llama_worker.ports.client.in_process import in_process_port
from llama_worker.worker.conversation import Message, closed_turn
from llama_worker.worker.tools.functions import FunctionDefinition, read_functions
from llama_worker.worker.tools.toolbox import Toolbox
from tests.worker.chat.strict_order import is_strictly_ordered, write_strict_model
from tests.worker.test_cancelling import CancelAt

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

QUESTION = "What is the weather in Paris?"
WAITING = FunctionDefinition(name="get_weather", description="Tell the weather.")


async def get_weather() -> str:
    """Tell the weather."""
    for _ in range(5):
        await asyncio.sleep(0)
    return "sunny"


def asking(function: Any = get_weather, **options: Any) -> dict[str, Any]:
    return {
        "functions": [function],
        "function_choice": "required",
        "max_function_rounds": 1,
        "max_parallel_function_calls": 1,
        "temperature": 0,
        "max_tokens": 40,
        **options,
    }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def strict(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Model]:
    async with LlamaWorker() as worker:
        path = write_strict_model(tmp_path_factory.mktemp("strict") / "strict.gguf")
        yield await worker.load_model(path, sequences=1)


async def goes_on(session: ChatSession) -> None:
    """The history is whole, the template takes it with another question, and it is whole again."""
    assert is_strictly_ordered(session.get_chat_history()), session.get_chat_history()
    await session.preload("Hi")
    await session.prompt("Hi", max_tokens=1)
    assert is_strictly_ordered(session.get_chat_history())
    assert is_strictly_ordered(session.get_context_window())


def contents(session: ChatSession) -> list[tuple[str, Any]]:
    return [(message["role"], message["content"]) for message in session.get_chat_history()]


async def cancelled_at(point: int, begin: Callable[[], Any]) -> bool:
    """Cancel a prompt when anything waits the so-manieth time; tells whether it came that far."""
    cancelling = CancelAt("prompt ", point)
    loop = asyncio.get_running_loop()
    loop.set_task_factory(cancelling.factory)
    try:
        await begin().wait()
    finally:
        loop.set_task_factory(None)
    return cancelling.reached


async def test_cancelled_at_every_await(strict: Model) -> None:
    returned = 0
    for point in itertools.count(1):
        session = await strict.create_session(system_prompt="Be brief.")
        reached = await cancelled_at(point, partial(session.prompt, QUESTION, **asking()))
        returned += ("tool", "sunny") in contents(session)
        await goes_on(session)
        if not reached:
            break
    assert point > 5
    assert returned  # what a function returned before the abort is kept


async def test_over_a_bridge(strict: Model) -> None:
    async with LlamaWorkerBridge(in_process_port(LlamaWorker())) as bridge:
        model = await bridge.load_model(strict.path, sequences=1)
        for point in range(1, 60, 4):
            session: Any = await model.create_session()
            await cancelled_at(point, partial(session.prompt, QUESTION, **asking()))
            await goes_on(session)


async def test_of_two_calls_the_one_that_has_returned_is_kept(strict: Model) -> None:
    """And of the other one is said that it was aborted."""

    async def forever() -> None:
        await asyncio.Event().wait()

    toolbox = Toolbox(read_functions([get_weather, forever]), PromptOptions(), None)
    calls = [ToolCall("a", "get_weather", "{}"), ToolCall("b", "forever", "{}")]
    operation: Any = strict.complete("a", max_tokens=1)
    running = asyncio.create_task(toolbox.run(calls, operation, 1))
    await until(lambda: toolbox.results.get("a") == "sunny")
    running.cancel()
    await asyncio.wait([running])
    assert toolbox.results == {"a": "sunny", "b": "Error: the call was aborted"}
    answer: Message = {"role": "assistant", "content": "", "tool_calls": [called(call) for call in calls]}
    closing = closed_turn([answer], toolbox.results)
    assert [message["content"] for message in closing] == ["sunny", "Error: the call was aborted", ""]
    await operation


def called(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


async def _called(operation: Any) -> AsyncIterator[Any]:
    """The events until the first function has returned."""
    async for event in operation.events():
        yield event
        if type(event).__name__ == "ToolReturned":
            return


async def waiting_call(strict: Model) -> tuple[ChatSession, str]:
    session = await strict.create_session()
    reply = await session.prompt(QUESTION, **asking(WAITING))
    assert reply.finish_reason == "tool_calls"
    assert is_strictly_ordered(session.get_chat_history(), may_wait=True)
    return session, reply.tool_calls[0].id


async def test_a_call_that_nobody_answers(strict: Model) -> None:
    session, _ = await waiting_call(strict)
    await session.preload("never mind")
    await session.complete_prompt("never")
    await session.prompt("never mind", max_tokens=1)
    said = contents(session)
    assert said[2:5] == [("tool", "Error: the call was not made"), ("assistant", ""), ("user", "never mind")]
    await goes_on(session)


async def test_an_answered_call_whose_answer_is_aborted(strict: Model) -> None:
    for point in range(1, 40, 3):
        session, call = await waiting_call(strict)
        await cancelled_at(point, partial(session.answer_calls, {call: "sunny"}, max_tokens=5))
        assert is_strictly_ordered(session.get_chat_history(), may_wait=True)
        await session.prompt("Hi", max_tokens=1)
        await goes_on(session)


async def test_calls_that_a_prompt_closes_before_they_are_answered(strict: Model) -> None:
    """Both were asked while the call waited; whoever was first has it."""
    session, call = await waiting_call(strict)
    first = session.prompt("never mind", max_tokens=1)
    second = session.answer_calls({call: "sunny"}, max_tokens=1)
    await first
    with pytest.raises(InvalidOptionsError, match="waits for a result"):
        await second
    await goes_on(session)


async def test_a_call_answered_for_some_only(strict: Model) -> None:
    session = await strict.create_session()
    calls = [{"id": id, "type": "function", "function": {"name": "get_weather", "arguments": "{}"}} for id in "ab"]
    session.set_chat_history(
        [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": "", "tool_calls": calls}]
    )
    await session.answer_calls({"b": "sunny"}, max_tokens=2)
    assert contents(session)[2:4] == [("tool", "Error: the call was not made"), ("tool", "sunny")]
    await goes_on(session)


@pytest.mark.parametrize("rounds", [1, 2])
async def test_more_calls_than_there_are_rounds_for(strict: Model, rounds: int) -> None:
    session = await strict.create_session()
    await session.prompt(QUESTION, **asking(max_function_rounds=rounds))
    await goes_on(session)


async def test_a_function_that_fails(strict: Model) -> None:
    def get_weather() -> str:
        raise ValueError("no clouds")

    session = await strict.create_session()
    await session.prompt(QUESTION, **asking(get_weather))
    await goes_on(session)
    before = session.get_chat_history()
    with pytest.raises(FunctionCallError):
        await session.prompt(QUESTION, **asking(get_weather, on_function_error="raise"))
    assert session.get_chat_history() == before
    await goes_on(session)


async def test_paused_within_a_call_and_aborted(strict: Model) -> None:
    session = await strict.create_session()
    operation = session.prompt(QUESTION, **asking())
    await _called(operation).__anext__()
    operation.pause()
    await until(lambda: operation.state == "paused" or operation.finished)
    operation.abort()
    await operation.wait()
    await goes_on(session)


async def test_a_window_that_was_shortened_has_what_was_aborted(tmp_path: Path) -> None:
    """The model's view of a conversation is not the history then, and must end as it does."""
    async with LlamaWorker() as worker:
        path = write_strict_model(tmp_path / "strict.gguf")
        model = await worker.load_model(path, sequences=1, context_size=256)
        session = await model.create_session()
        for _ in range(3):
            await session.prompt("la li lo lu " * 12, max_tokens=8, temperature=0)
        operation = session.prompt("la li lo lu " * 12, max_tokens=100, temperature=0.9, seed=1)
        async for _ in operation:
            operation.abort()
        await operation.wait()
        assert session.get_context_window()[-1] == session.get_chat_history()[-1]
        assert len(session.get_context_window()) < len(session.get_chat_history())
        await goes_on(session)


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.005)
