"""What functions of the caller's own raise ends their call, and never the program or the loop; its cause is kept."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio

from llama_worker import ChatSession, LlamaWorker, Model, sync
from llama_worker.errors import ApprovalError, FunctionCallError, OperationAborted, OverflowStrategyError
from llama_worker.messages import Result
from llama_worker.ports.client.bridge import LlamaWorkerBridge
from llama_worker.ports.client.stdio import stdio_port
from tests.worker.tools.test_toolbox import QUESTION, asking

pytestmark = pytest.mark.timeout(120)
in_the_modules_loop = pytest.mark.asyncio(loop_scope="module")


class OfItsOwn(BaseException):
    """As some frameworks raise for their own purposes."""


class Unprintable:
    def __str__(self) -> str:
        raise SystemExit(3)


RAISED: list[type[BaseException]] = [
    ValueError,
    SystemExit,
    KeyboardInterrupt,
    StopIteration,
    StopAsyncIteration,
    GeneratorExit,
    RecursionError,
    asyncio.CancelledError,
    OfItsOwn,
]


def raising(error: type[BaseException]) -> Callable[..., Any]:
    def get_weather(*_: object) -> Any:
        raise error("on purpose")

    return get_weather


def raising_later(error: type[BaseException]) -> Callable[..., Any]:
    async def get_weather(*_: object) -> Any:
        await asyncio.sleep(0)
        raise error("on purpose")

    return get_weather


def without_arguments(function: Callable[..., Any]) -> dict[str, Any]:
    return {"get_weather": {"description": "Tell the weather.", "handler": lambda: function()}}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["here", "bridge"])
async def model(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    async with LlamaWorker() if request.param == "here" else LlamaWorkerBridge(stdio_port()) as worker:
        yield await worker.load_model("builtin")


@in_the_modules_loop
@pytest.mark.parametrize("how", [raising, raising_later])
@pytest.mark.parametrize("error", RAISED)
async def test_a_function_that_raises_is_a_call_that_failed(model: Any, error: type[BaseException], how: Any) -> None:
    """The model is told, or the prompt fails with its cause; the session goes on either way."""
    if how is raising_later and error is StopIteration:
        pytest.skip("Python's own sign of an end; a coroutine cannot raise it")
    session = await model.create_session()
    given = asking(functions=without_arguments(how(error)))
    await session.prompt(QUESTION, **given)
    assert f"Error: {error.__name__}" in session.get_chat_history()[2]["content"]
    before = session.get_chat_history()
    with pytest.raises(FunctionCallError, match=error.__name__) as raised:
        await session.prompt(QUESTION, **given, on_function_error="raise")
    assert type(raised.value.__cause__) is error
    assert session.get_chat_history() == before
    await session.prompt("Hi", max_tokens=1)


@in_the_modules_loop
@pytest.mark.parametrize("how", [raising, raising_later])
@pytest.mark.parametrize("error", [ValueError, SystemExit, GeneratorExit, asyncio.CancelledError, OfItsOwn])
async def test_an_approve_that_raises_ends_the_prompt(model: Any, error: type[BaseException], how: Any) -> None:
    """Whatever is to become of functions' errors: nobody said yes, so nothing may be called."""
    session = await model.create_session()
    called = threading.Event()
    with pytest.raises(ApprovalError, match=error.__name__) as raised:
        await session.prompt(QUESTION, **asking(functions=without_arguments(called.set), approve=how(error)))
    assert type(raised.value.__cause__) is error
    assert not called.is_set()
    assert session.get_chat_history() == []
    await session.prompt("Hi", max_tokens=1)


@in_the_modules_loop
@pytest.mark.parametrize(
    "result", ["a\ud800b", {"a": "\ud800"}, {"\ud800": 1}, Unprintable()], ids=["text", "value", "key", "str"]
)
async def test_a_result_that_no_engine_could_be_sent(model: Any, result: Any) -> None:
    session = await model.create_session()
    reply = await session.prompt(QUESTION, **asking(functions=without_arguments(lambda: result)))
    assert reply.finish_reason in ("stop", "length")
    content = session.get_chat_history()[2]["content"]
    assert "\\ud800" in content or content.startswith("Error: ")


@in_the_modules_loop
async def test_a_result_that_is_nested_too_deep(model: Any) -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    session = await model.create_session()
    await session.prompt(QUESTION, **asking(functions=without_arguments(lambda: deep)))
    assert session.get_chat_history()[2]["content"].startswith("Error: RecursionError")


@in_the_modules_loop
async def test_an_error_whose_words_are_no_unicode(model: Any) -> None:
    def fail() -> None:
        raise ValueError("half \ud800")

    session = await model.create_session()
    await session.prompt(QUESTION, **asking(functions=without_arguments(fail)))
    assert session.get_chat_history()[2]["content"] == "Error: ValueError: half \\ud800"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def narrow() -> AsyncIterator[Model]:
    async with LlamaWorker() as worker:
        yield await worker.load_model("builtin", context_size=256, sequences=1)


async def full(model: Model, strategy: Any) -> ChatSession:
    """A session that has no room for one more question."""
    session = await model.create_session(overflow=strategy)
    session.set_chat_history(
        [{"role": "user", "content": "la li lo lu " * 120}, {"role": "assistant", "content": "la"}]
    )
    return session


@in_the_modules_loop
@pytest.mark.parametrize("how", [raising, raising_later])
@pytest.mark.parametrize("error", [ValueError, SystemExit, GeneratorExit, asyncio.CancelledError, OfItsOwn])
async def test_an_overflow_function_that_raises(narrow: Model, error: type[BaseException], how: Any) -> None:
    session = await full(narrow, how(error))
    before = session.get_chat_history()
    with pytest.raises(OverflowStrategyError, match=error.__name__) as raised:
        await session.prompt("Hi", max_tokens=1)
    assert type(raised.value.__cause__) is error
    assert session.get_chat_history() == before


@in_the_modules_loop
async def test_an_overflow_function_that_raises_while_its_messages_are_read(narrow: Model) -> None:
    def strategy(_: Any) -> Iterator[dict[str, Any]]:
        yield {"role": "user", "content": "a"}
        raise OfItsOwn

    with pytest.raises(OverflowStrategyError):
        await (await full(narrow, strategy)).prompt("Hi", max_tokens=1)


@in_the_modules_loop
@pytest.mark.parametrize("error", RAISED)
async def test_callbacks_that_only_listen(narrow: Model, error: type[BaseException], caplog: Any) -> None:
    """Of `on` and of an operation's end: logged, and everything goes on."""
    heard: list[Any] = []
    worker = LlamaWorker()
    forget = worker.on("result", raising(error))
    worker.on("result", heard.append)
    with caplog.at_level(logging.ERROR):
        worker.emit(Result())
        operation = narrow.complete("a", max_tokens=1)
        operation.add_done_callback(raising(error))
        operation.add_done_callback(heard.append)
        await operation
        while len(heard) < 2:
            await asyncio.sleep(0)
    forget()
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]


@in_the_modules_loop
async def test_an_abort_is_still_an_abort(model: Any) -> None:
    """Cancelling the call and the function's own cancelled task are told from one another."""
    running = asyncio.Event()

    async def get_weather() -> None:
        running.set()
        await asyncio.Event().wait()

    session = await model.create_session()
    operation = session.prompt(QUESTION, **asking(get_weather))
    await running.wait()
    operation.abort()
    with pytest.raises(OperationAborted):
        await operation


def test_a_progress_callback_that_exits_ends_the_load_and_not_the_thread() -> None:
    with sync.LlamaWorker() as worker:
        for error in (SystemExit, KeyboardInterrupt, OfItsOwn, ValueError):
            with pytest.raises(error):
                worker.load_model("builtin", on_progress=raising(error))
        assert worker.load_model("builtin").complete("a", max_tokens=1).usage.prompt_tokens
