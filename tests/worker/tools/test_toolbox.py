"""Functions that the model calls. What it calls is decided by a grammar here, so that no weights matter."""

from __future__ import annotations

import asyncio
import contextvars
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from llama_worker import ChatSession, Model, Operation, PromptOptions, Reply, ToolCall
from llama_worker.engine.api.chunks import ToolCallDelta as EngineDelta
from llama_worker.engine.api.chunks import ToolCallFunction
from llama_worker.errors import FunctionCallError, InvalidOptionsError, OperationAborted
from llama_worker.messages.events import ToolCallDelta, ToolCalled, ToolReturned
from llama_worker.worker.conversation import pending_calls
from llama_worker.worker.generation.tool_calls import ToolCallCollector
from llama_worker.worker.tools.functions import FunctionDefinition, read_functions
from llama_worker.worker.tools.toolbox import Toolbox

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUESTION = "What is the weather in Paris?"
Unit = Literal["metric", "imperial"]


def get_weather(city: Literal["Paris"], unit: Unit = "metric") -> str:
    """Tell the weather.

    It is always fine.

    Args:
        city: where
        unit: of the temperature,
            metric unless said otherwise

    Returns:
        one line
    """
    return f"sunny in {city}, {unit}"


async def ask(session: ChatSession, function: Any = get_weather, **options: Any) -> Reply:
    """One round that must call, and an answer."""
    return await session.prompt(QUESTION, **asking(function, **options))


def asking(function: Any = get_weather, **options: Any) -> dict[str, Any]:
    return {
        "functions": [function],
        "function_choice": "required",
        "max_function_rounds": 1,
        "max_parallel_function_calls": 1,
        "temperature": 0,
        "max_tokens": 80,
        **options,
    }


def roles(session: ChatSession) -> list[str]:
    return [message["role"] for message in session.get_chat_history()]


async def test_a_function_is_described_by_its_signature_and_docstring() -> None:
    tool = read_functions([get_weather])["get_weather"].tool["function"]
    assert tool["description"] == "Tell the weather. It is always fine."
    assert tool["parameters"]["required"] == ["city"]
    assert tool["parameters"]["properties"]["unit"] == {
        "enum": ["imperial", "metric"],
        "default": "metric",
        "description": "of the temperature, metric unless said otherwise",
    }
    assert tool["parameters"]["properties"]["city"]["description"] == "where"


@dataclass
class Place:
    name: str
    tags: list[str]


async def test_arguments_become_the_types_of_the_parameters() -> None:
    def visit(place: Place, times: int = 1, *, loud: bool | None = None) -> None:
        """Go there."""

    function = read_functions([visit])["visit"]
    read = function.read_arguments('{"place": {"name": "a", "tags": []}, "times": 2}')
    assert read == {"place": Place("a", []), "times": 2, "loud": None}
    for wrong in ("{}", '{"place": 5}', '{"place": {"name": "a", "tags": []}, "extra": 1}', "[]", "text"):
        with pytest.raises(ValueError, match=r"."):
            function.read_arguments(wrong)


async def test_all_ways_to_give_a_function_mean_the_same() -> None:
    params = {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}

    def double(x: int) -> int:
        """Double it."""
        return 2 * x

    ways: list[Any] = [
        [double],
        [FunctionDefinition(name="double", description="Double it.", params=params, handler=double)],
        [{"type": "function", "function": {"name": "double", "description": "Double it.", "parameters": params}}],
        [{"name": "double", "description": "Double it.", "parameters": params}],
        {"double": {"description": "Double it.", "params": params, "handler": double}},
        {"double": double},
    ]
    for way in ways:
        function = read_functions(way)["double"]
        assert (function.name, function.description) == ("double", "Double it.")
        assert {name: function.schema[name] for name in params} == params
    with pytest.raises(InvalidOptionsError, match="cannot give by name"):
        read_functions([star])


def star(*args: int) -> int:
    return sum(args)


async def test_the_result_goes_into_the_answer_and_the_history(small: Model) -> None:
    session = await small.create_session()
    operation = session.prompt(QUESTION, **asking())
    events = [event async for event in operation.events()]
    reply = await operation
    called = next(event for event in events if isinstance(event, ToolCalled))
    returned = next(event for event in events if isinstance(event, ToolReturned))
    arguments = "".join(event.arguments for event in events if isinstance(event, ToolCallDelta))
    assert json.loads(arguments) == json.loads(called.arguments)
    assert (returned.id, returned.error, returned.round) == (called.id, False, 1)
    assert returned.result.startswith("sunny in Paris")
    assert events.index(called) < events.index(returned)
    assert reply.tool_calls == ()
    assert roles(session) == ["user", "assistant", "tool", "assistant"]
    history = session.get_chat_history()
    assert history[2]["content"] == returned.result
    assert history[1]["tool_calls"][0]["id"] == history[2]["tool_call_id"] == called.id
    session.set_chat_history(history)


async def test_usage_counts_all_rounds(small: Model) -> None:
    session = await small.create_session()
    reply = await ask(session)
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens
    assert reply.usage.completion_tokens > len(reply.text.split())


async def result_of(small: Model, function: Any, **options: Any) -> str:
    """What the model was told."""
    session = await small.create_session()
    await ask(session, function, **options)
    assert roles(session) == ["user", "assistant", "tool", "assistant"]
    return str(session.get_chat_history()[2]["content"] or "")


async def test_async_functions_and_results_of_any_type(small: Model) -> None:
    async def get_weather() -> dict[str, Any]:
        await asyncio.sleep(0)
        return {"place": Place("a", ["b"]), "when": None}

    assert json.loads(await result_of(small, get_weather)) == {"place": {"name": "a", "tags": ["b"]}, "when": None}


async def test_a_function_that_blocks_does_not_block_the_loop(small: Model) -> None:
    seen: list[threading.Thread] = []

    def get_weather() -> str:
        seen.append(threading.current_thread())
        return "there"

    assert await result_of(small, get_weather) == "there"
    assert seen != [threading.main_thread()]


async def test_a_failure_is_told_to_the_model(small: Model) -> None:
    def get_weather() -> None:
        raise KeyError("no such thing")

    assert await result_of(small, get_weather) == "Error: KeyError: 'no such thing'"


async def test_a_failure_can_end_the_prompt(small: Model) -> None:
    def get_weather() -> None:
        raise KeyError("no such thing")

    session = await small.create_session(system_prompt="s")
    with pytest.raises(FunctionCallError, match="get_weather") as error:
        await ask(session, get_weather, on_function_error="raise")
    assert isinstance(error.value.__cause__, KeyError)
    assert error.value.function == "get_weather"
    assert roles(session) == ["system"]


@pytest.mark.parametrize("on_error", ["report", "raise"])
async def test_a_function_has_so_much_time(small: Model, on_error: str) -> None:
    ended = asyncio.Event()

    async def get_weather() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    if on_error == "report":
        assert await result_of(small, get_weather, function_timeout=0.05) == "Error: no result after 0.05 s"
    else:
        with pytest.raises(FunctionCallError, match="no result after"):
            await ask(await small.create_session(), get_weather, function_timeout=0.05, on_function_error="raise")
    assert ended.is_set()


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_call_can_be_refused(small: Model, is_async: bool) -> None:
    asked: list[ToolCall] = []

    def approve(call: ToolCall) -> Any:
        asked.append(call)
        return asyncio.sleep(0, result=False) if is_async else False

    def get_weather() -> None:
        pytest.fail("it was refused")

    assert await result_of(small, get_weather, approve=approve) == "Error: the user refused this call"
    assert [call.name for call in asked] == ["get_weather"]


async def test_arguments_that_do_not_fit_go_back_to_the_model(small: Model) -> None:
    """The schema that the model saw allowed what the function does not take."""

    def handler(other: int) -> None:
        pytest.fail("the arguments were wrong")

    wrong = FunctionDefinition(
        name="wrong", params={"type": "object", "required": ["y"], "properties": {}}, handler=handler
    )
    function = read_functions([wrong])["wrong"]
    with pytest.raises(ValueError, match="'y' is missing"):
        function.read_arguments("{}")
    loose = FunctionDefinition(name="get_weather", params={"type": "object", "properties": {}}, handler=handler)
    assert (await result_of(small, loose)).startswith("Error: TypeError")


async def test_functions_see_the_callers_context(small: Model) -> None:
    variable = contextvars.ContextVar("variable", default="lost")
    variable.set("kept")

    def get_weather() -> str:
        return variable.get()

    assert await result_of(small, get_weather) == "kept"


async def test_rounds_are_limited(small: Model) -> None:
    """The last answer may not call any more."""
    calls: list[str] = []

    def get_weather() -> str:
        calls.append("once more")
        return "ask again"

    session = await small.create_session()
    for limit in (1, 2):
        calls.clear()
        reply = await ask(session, get_weather, max_function_rounds=limit)
        assert 1 <= len(calls) <= limit
        assert reply.tool_calls == ()


async def test_calls_of_one_answer_run_at_once(small: Model) -> None:
    meeting = asyncio.Barrier(3)

    async def meet(who: str) -> str:
        await meeting.wait()
        return who

    toolbox = Toolbox(read_functions([meet]), PromptOptions(), None)
    calls = [ToolCall(str(index), "meet", json.dumps({"who": str(index)})) for index in range(3)]
    operation: Operation[Any, Any] = small.complete("x", max_tokens=1)
    messages = await asyncio.wait_for(toolbox.run(calls, operation, 1), 10)
    assert [message["content"] for message in messages] == ["0", "1", "2"]
    unknown = await toolbox.run([ToolCall("9", "nobody", "{}")], operation, 1)
    assert unknown[0]["content"] == "Error: there is no function 'nobody'"
    await operation


async def test_calls_of_one_answer_are_limited(small: Model) -> None:
    """The engine is told when it is one; beyond more the answer ends, however much the model would go on."""
    session = await small.create_session()
    operation = session.prompt(QUESTION, **asking(max_parallel_function_calls=1))
    assert len([event async for event in operation.events() if isinstance(event, ToolCalled)]) == 1
    asked = [{"role": "user", "content": QUESTION}]
    options: dict[str, Any] = {
        "function_choice": "required",
        "temperature": 0,
        "max_tokens": 300,
        "functions": [when_to_go_out(8)],
        "engine_options": {"ignore_eos": True},
    }
    endless = await small.chat(asked, **options)
    assert (endless.finish_reason, endless.tool_calls) == ("length", ())
    operation = small.chat(asked, max_parallel_function_calls=2, **options)
    told = [event.index async for event in operation.events() if isinstance(event, ToolCallDelta)]
    limited = await operation
    assert limited.finish_reason == "tool_calls"
    assert [json.loads(call.arguments)["city"] for call in limited.tool_calls] == ["Paris", "Paris"]
    assert max(told) == 1
    assert limited.usage.completion_tokens < endless.usage.completion_tokens


def when_to_go_out(count: int) -> dict[str, Any]:
    """A function whose calls are long: so many hours each."""
    hours = {"type": "array", "items": {"type": "integer", "maximum": 23}, "minItems": count, "maxItems": count}
    properties = {"city": {"const": "Paris"}, "hours": hours}
    parameters = {"type": "object", "properties": properties, "required": ["city", "hours"]}
    return {"name": "get_weather", "description": "Weather in a city", "parameters": parameters}


async def test_pieces_of_calls_beyond_the_limit_are_dropped(small: Model) -> None:
    operation: Operation[Any, Any] = small.complete("x", max_tokens=1)
    collector = ToolCallCollector()
    named = [ToolCallFunction("f", "{}"), ToolCallFunction("g", "{}"), ToolCallFunction("h", "{}")]
    collector.limit = 2
    collector.take([EngineDelta(index, str(index), function) for index, function in enumerate(named)], operation)
    assert [call.name for call in collector.finished()] == ["f", "g"]
    assert collector.beyond_limit
    await operation


async def test_a_function_can_be_chosen_by_its_name(small: Model) -> None:
    def lookup_weather() -> str:
        return "chosen"

    session = await small.create_session()
    await session.prompt(QUESTION, **asking(functions=[get_weather, lookup_weather], function_choice="lookup_weather"))
    assert session.get_chat_history()[2]["content"] == "chosen"
    await session.prompt(QUESTION, **asking(function_choice="none"))
    assert roles(session)[-2:] == ["user", "assistant"]


async def test_somebody_else_may_answer_a_call(small: Model) -> None:
    """As over the protocol: the reply is the call, the result comes later."""
    waiting = FunctionDefinition(name="get_weather", params={"type": "object", "properties": {}})
    session = await small.create_session()
    reply = await ask(session, waiting)
    assert reply.finish_reason == "tool_calls"
    assert [call.name for call in reply.tool_calls] == ["get_weather"]
    assert roles(session) == ["user", "assistant"]
    with pytest.raises(InvalidOptionsError, match="nobody"):
        session.answer_calls({"nobody": 1})
    answer = await session.answer_calls({reply.tool_calls[0].id: {"found": 3}}, max_tokens=20, temperature=0)
    assert roles(session) == ["user", "assistant", "tool", "assistant"]
    assert session.get_chat_history()[2]["content"] == '{"found":3}'
    assert session.get_chat_history()[3]["content"] == answer.text
    with pytest.raises(InvalidOptionsError, match="waits for a result"):
        session.answer_calls({"a": 1})


async def test_a_call_that_nobody_answers_does_not_break_the_history(small: Model) -> None:
    session = await small.create_session()
    await ask(session, FunctionDefinition(name="get_weather"))
    await session.prompt("never mind", max_tokens=3)
    assert roles(session) == ["user", "assistant", "tool", "assistant", "user", "assistant"]
    assert "not made" in (session.get_chat_history()[2]["content"] or "")


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.005)


async def test_an_abort_ends_the_function_too(small: Model) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def get_weather() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    session = await small.create_session()
    operation = session.prompt(QUESTION, **asking(get_weather))
    await began.wait()
    operation.abort()
    with pytest.raises(OperationAborted):
        await operation
    assert ended.is_set()
    assert roles(session) == ["user", "assistant", "tool", "assistant"]
    assert session.get_chat_history()[2]["content"] == "Error: the call was aborted"
    assert (await session.prompt("Hi", max_tokens=2)).usage.completion_tokens == 2


@pytest.mark.parametrize("steps", range(0, 60, 4))
async def test_an_abort_at_any_step_leaves_a_valid_history(small: Model, steps: int) -> None:
    session = await small.create_session()
    operation = session.prompt(QUESTION, **asking())
    for _ in range(steps):
        await asyncio.sleep(0.001 if steps > 20 else 0)
    operation.abort()
    await operation.wait()
    assert roles(session) in ([], ["user", "assistant"], ["user", "assistant", "tool", "assistant"])
    assert not pending_calls(session.get_chat_history())
    assert (await session.prompt("Hi", max_tokens=1)).usage.completion_tokens == 1


async def test_functions_go_together_with_a_response_format(small: Model) -> None:
    @dataclass
    class Weather:
        sky: Literal["sunny", "grey"]

    session = await small.create_session()
    operation = session.prompt(QUESTION, **asking(response_format=Weather))
    pieces = [piece async for piece in operation]
    reply = await operation
    assert isinstance(reply.parsed, Weather)
    assert json.loads("".join(pieces)) == {"sky": reply.parsed.sky}
    assert roles(session) == ["user", "assistant", "tool", "assistant"]
    assert session.get_chat_history()[-1]["content"] == reply.text


async def test_a_call_that_is_cut_off_is_not_made(small: Model) -> None:
    def get_weather() -> None:
        pytest.fail("the call was cut off")

    session = await small.create_session()
    reply = await ask(session, get_weather, max_tokens=4)
    assert reply.finish_reason == "length"
    assert reply.tool_calls == ()


async def test_stateless_chat_calls_functions_too(small: Model) -> None:
    reply = await small.chat([{"role": "user", "content": QUESTION}], **asking())
    assert reply.finish_reason in ("stop", "length")
