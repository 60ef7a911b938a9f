"""What of a turn is in the journal, and when: before functions are called, as they return, at every kind of end."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from llama_worker import ChatSession, LlamaWorker, Message, Model
from llama_worker.errors import EngineDiedError, FunctionCallError, OperationAborted, SessionFileError
from llama_worker.worker.journal.entry import Conversation
from llama_worker.worker.journal.journal import Journal
from tests.worker.chat.strict_order import is_strictly_ordered
from tests.worker.test_cancelling import CancelAt

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]
WEATHER = "What is the weather in Lisbon?"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("journal") / "chats"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model(path: Path) -> AsyncIterator[Model]:
    async with LlamaWorker(journal=path) as worker:
        yield await worker.load_model("builtin", context_size=1024, sequences=2)


def kept(path: Path, session: ChatSession) -> Conversation:
    return Journal(path).read(session.id)[0].conversation


def is_kept(path: Path, session: ChatSession) -> bool:
    """Whether the journal has the session's history, and no turn that has not ended."""
    found = {info.session_id for info in Journal(path).list()}
    history = session.get_chat_history()
    if session.id not in found:
        return not any(message["role"] == "user" for message in history)
    conversation = kept(path, session)
    return conversation.messages == history and conversation.settled == len(history)


async def test_a_question_is_there_before_its_answer(model: Model, path: Path) -> None:
    session = await model.create_session(system_prompt="a")
    operation = session.prompt("Tell me a story.", temperature=0, max_tokens=100)
    stream = aiter(operation)
    await anext(stream)
    found = kept(path, session)
    assert [message["role"] for message in found.messages] == ["system", "user"]
    assert found.settled == 1
    assert found.history()[2:] == [{"role": "assistant", "content": ""}]
    operation.abort()
    await operation.wait()
    assert is_kept(path, session)
    assert len(session.get_chat_history()) == 3


async def test_what_a_paused_answer_has_so_far_is_there(model: Model, path: Path) -> None:
    """It may rest for hours."""
    session = await model.create_session()
    operation = session.prompt("Tell me a story.", temperature=0, max_tokens=100)
    stream = aiter(operation)
    pieces = [await anext(stream)]
    operation.pause()
    while operation.state != "paused":
        assert not operation.finished
        await asyncio.sleep(0)
    await session.flush()
    *_, question, answer = kept(path, session).history()
    assert (question["role"], answer["role"]) == ("user", "assistant")
    assert str(answer["content"]).startswith(pieces[0])
    assert next(info for info in Journal(path).list() if info.session_id == session.id).unfinished
    operation.resume()
    reply = await operation
    assert reply.text.startswith(str(answer["content"]))
    assert is_kept(path, session)


async def test_calls_are_there_before_they_are_made_and_each_result_when_it_comes(model: Model, path: Path) -> None:
    session = await model.create_session()
    seen: list[list[Message]] = []

    async def get_weather(**_: Any) -> str:
        seen.append(await asyncio.to_thread(lambda: kept(path, session).messages))
        if len(seen) == 2:  # the first has returned
            while not any(message["role"] == "tool" for message in kept(path, session).messages):
                await asyncio.sleep(0.01)
        return "sunny"

    params = {"type": "object"}  # which lets the model call more than once
    function = {"description": "The current weather of a city.", "params": params, "handler": get_weather}
    await session.prompt(WEATHER, functions={"get_weather": function}, temperature=0, max_tokens=100)
    assert all(messages[-1]["tool_calls"] for messages in seen[:1])
    assert len(seen) > 1, "the model is to call twice"
    assert is_kept(path, session)


async def test_what_a_function_gave_before_the_program_ended(model: Model, path: Path) -> None:
    """The call whose result was not there is told so, in words that leave open whether it was made."""
    calls = [{"id": id_, "type": "function", "function": {"name": "send", "arguments": "{}"}} for id_ in "ab"]
    asked: list[Message] = [{"role": "user", "content": "Send both."}]
    called: list[Message] = [*asked, {"role": "assistant", "content": "", "tool_calls": calls}]
    second: list[Message] = [*called, {"role": "tool", "tool_call_id": "b", "name": "send", "content": "sent"}]
    for came in (asked, called, second):
        history = Conversation(messages=came, settled=0, instead=[], covered=0).history()
        assert history[: len(came)] == came
        assert is_strictly_ordered(history)
        results = {message["tool_call_id"]: message["content"] for message in history if message["role"] == "tool"}
        assert all("program ended" in (text or "") for id_, text in results.items() if (id_, came) != ("b", second))
    assert results["b"] == "sent"


def get_weather(city: str) -> str:
    """The current weather of a city."""
    raise ValueError("no")


async def test_a_turn_that_fails_leaves_no_trace(model: Model, path: Path) -> None:
    session = await model.create_session()
    await session.prompt("Hello!", max_tokens=3)
    before = session.get_chat_history()
    with pytest.raises(FunctionCallError):
        await session.prompt(WEATHER, functions=[get_weather], temperature=0, on_function_error="raise")
    assert session.get_chat_history() == before
    assert is_kept(path, session)


async def test_the_engine_dies(model: Model, path: Path) -> None:
    session = await model.create_session()
    await session.prompt("Hello!", max_tokens=3)
    operation = session.prompt("Tell me a story.", max_tokens=200)
    stream = aiter(operation)
    await anext(stream)
    assert model.pid
    os.kill(model.pid, signal.SIGKILL)
    with pytest.raises(EngineDiedError):
        await operation
    assert is_kept(path, session)
    await session.prompt("Still there?", max_tokens=3)
    assert is_kept(path, session)


async def test_cancelled_at_every_point(model: Model, path: Path) -> None:
    """Whenever it is aborted, when the prompt has ended the journal says what the session says."""
    loop = asyncio.get_running_loop()
    partial = 0
    for point in itertools.count(1):
        session = await model.create_session(system_prompt="a")
        cancel = CancelAt("prompt ", point)
        loop.set_task_factory(cancel.factory)
        try:
            await session.prompt("Hello!", max_tokens=3, temperature=0).wait()
        finally:
            loop.set_task_factory(None)
        assert is_kept(path, session), point
        assert is_strictly_ordered(session.get_chat_history())
        partial += len(session.get_chat_history()) > 1
        if not cancel.reached:
            break
    assert point > 5
    assert 0 < partial < point


async def test_aborted_again_and_again(model: Model, path: Path) -> None:
    """Impatience does not make it end before the journal has it."""
    session = await model.create_session()
    operation = session.prompt("Tell me a story.", temperature=0, max_tokens=100)
    stream = aiter(operation)
    await anext(stream)
    while not operation.finished:
        operation.abort()
        await asyncio.sleep(0)
    assert is_kept(path, session)
    with pytest.raises(OperationAborted):
        await operation


def take_away(path: Path) -> None:
    """A folder where the journal was: the system refuses."""
    path.rename(path.with_name("aside"))
    path.mkdir()


def give_back(path: Path) -> None:
    path.rmdir()
    path.with_name("aside").rename(path)


async def test_a_question_that_cannot_be_written_is_not_asked(model: Model, path: Path) -> None:
    session = await model.create_session()
    await session.prompt("Hello!", max_tokens=3)
    before = session.get_chat_history()
    take_away(path)
    operation = session.prompt("And now?", max_tokens=3)
    with pytest.raises(SessionFileError, match="Is a directory") as raised:
        await operation
    assert isinstance(raised.value, OSError)
    with pytest.raises(SessionFileError):
        assert [text async for text in operation] == []
    give_back(path)
    assert session.get_chat_history() == before
    await session.prompt("And now?", max_tokens=3)
    assert is_kept(path, session)


async def test_an_answer_that_cannot_be_written_is_in_the_session(model: Model, path: Path) -> None:
    """Nothing that was generated is lost, and the next prompt writes it too."""
    session = await model.create_session()
    operation = session.prompt("Hello!", max_tokens=20, temperature=0)
    stream = aiter(operation)
    pieces = [await anext(stream)]
    take_away(path)
    with pytest.raises(SessionFileError):
        pieces += [piece async for piece in stream]
    answer = session.get_chat_history()[-1]
    assert answer["role"] == "assistant"
    assert str(answer["content"]).startswith(pieces[0])
    with pytest.raises(SessionFileError):
        await session.flush()
    give_back(path)
    await session.prompt("And now?", max_tokens=3)
    assert len(session.get_chat_history()) == 4
    assert is_kept(path, session)


async def test_replaced_while_it_is_answered(model: Model, path: Path) -> None:
    session = await model.create_session()
    operation = session.prompt("Tell me a story.", max_tokens=50, temperature=0)
    stream = aiter(operation)
    await anext(stream)
    session.set_chat_history([{"role": "user", "content": "A"}, {"role": "assistant", "content": "B"}])
    await operation
    assert len(session.get_chat_history()) == 2
    assert is_kept(path, session)


async def test_what_overflowed_is_still_there(model: Model, path: Path) -> None:
    """The history has it all, and what the model sees of it comes back too."""
    session = await model.create_session()
    for text in ("one " * 180, "two " * 180, "three " * 180, "four " * 180):
        reply = await session.prompt(text, max_tokens=40, temperature=0)
    assert reply.dropped_messages
    resumed = await model.resume_session(session.id)
    assert resumed.get_chat_history() == session.get_chat_history()
    assert resumed.get_context_window() == session.get_context_window() != session.get_chat_history()


async def test_the_file_does_not_grow_with_what_is_no_longer_in_it(model: Model, path: Path) -> None:
    session = await model.create_session()
    secret = "A word that nobody else says: abracadabra. "
    edited: list[Message] = [{"role": "user", "content": secret * 2000}, {"role": "assistant", "content": "b"}]
    sizes = []
    for _ in range(10):
        session.set_chat_history(edited)
        await session.flush()
        session.reset_chat_history()
        await session.flush()
        sizes.append(path.stat().st_size)
    assert sizes[-1] <= sizes[0]
    assert b"abracadabra" not in path.read_bytes()
