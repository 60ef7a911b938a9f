"""Conversations in a journal, here and over a bridge: found again, gone on with, forked, edited, removed."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, Message
from llama_worker.errors import (
    InvalidOptionsError,
    InvalidSessionFileError,
    SessionConflictError,
    SessionNotFoundError,
)
from llama_worker.ports.client.bridge import LlamaWorkerBridge
from llama_worker.ports.client.stdio import stdio_port
from llama_worker.worker.journal.journal import Journal

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]
EDITED: list[Message] = [{"role": "user", "content": "A"}, {"role": "assistant", "content": "B"}]
WEATHER = {"name": "get_weather", "description": "The current weather of a city.", "parameters": {"type": "object"}}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("journal") / "folder" / "chats"


def new_worker(kind: str, path: Path | None) -> Any:
    given: Any = {"journal": path} if path else {}
    return LlamaWorker(**given) if kind == "here" else LlamaWorkerBridge(stdio_port(), **given)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["here", "bridge"])
async def worker(request: pytest.FixtureRequest, path: Path) -> AsyncIterator[Any]:
    async with new_worker(request.param, path) as worker:
        await worker.load_model("builtin", context_size=512, sequences=2)
        yield worker


@pytest_asyncio.fixture(loop_scope="module")
async def session(worker: Any) -> Any:
    session = await worker.models[0].create_session(system_prompt="You are helpful.", overflow_reserve=0.2)
    await session.prompt("Hello!\n  And   more.", max_tokens=5, temperature=0)
    return session


async def entry(worker: Any, session_id: str) -> Any:
    return next((info for info in await worker.list_sessions() if info.session_id == session_id), None)


def there(path: Path, session_id: str) -> list[Message]:
    """What the journal has, as a program that comes later reads it."""
    return Journal(path).read(session_id)[0].conversation.history()


async def test_what_the_journal_tells(worker: Any, session: Any) -> None:
    info = await entry(worker, session.id)
    assert (info.title, info.model, info.messages, info.unfinished) == ("Hello! And more.", "builtin.gguf", 3, False)
    assert info.options.system_prompt == "You are helpful."
    assert info.options.overflow_reserve == 0.2
    assert (info.prompt_options.max_tokens, info.prompt_options.temperature, info.functions) == (5, 0, ())
    before = info.updated
    bias = {5: "never"}
    await session.prompt("Hi", max_tokens=2, functions=[WEATHER], token_bias=bias, function_choice="none")
    info = await entry(worker, session.id)
    assert (info.messages, info.functions) == (5, ("get_weather",))
    assert info.prompt_options.token_bias == ((5, "never"),)
    assert info.created <= before < info.updated
    assert (await worker.list_sessions())[0] == info, "the one that was used last comes first"


@pytest.mark.parametrize("kind", ["here", "bridge"])
async def test_another_program_goes_on(kind: str, tmp_path: Path) -> None:
    """The first has ended; what it was given need not be given again."""
    async with new_worker(kind, tmp_path / "chats") as worker:
        model = await worker.load_model("builtin")
        session = await model.create_session(system_prompt="You are helpful.")
        await session.prompt("My name is Ann.", temperature=0, max_tokens=20)
        history = session.get_chat_history()
    async with new_worker(kind, tmp_path / "chats") as worker:
        (info,) = await worker.list_sessions()
        model = await worker.load_model("builtin")
        resumed = await model.resume_session(info.session_id)
        assert resumed.id == session.id == info.session_id
        assert resumed.get_chat_history() == history
        reply = await resumed.prompt("What is my name?", info.prompt_options)
        assert reply.usage.completion_tokens > 0
        assert (await entry(worker, resumed.id)).messages == 5
        resumed.reset_chat_history()
        assert resumed.get_chat_history() == history[:1]
    assert [path.name for path in tmp_path.iterdir()] == ["chats"]
    assert (tmp_path / "chats").stat().st_mode & 0o77 == 0, "it is nobody else's business"


async def test_plain_methods_are_there_after_flush(session: Any, path: Path) -> None:
    other = session.fork()
    assert other.id != session.id
    session.set_chat_history(EDITED)
    await session.flush()
    await other.flush()
    assert there(path, session.id) == EDITED
    assert there(path, other.id) == other.get_chat_history() != EDITED
    session.reset_chat_history()
    await session.flush()
    assert there(path, session.id) == [{"role": "system", "content": "You are helpful."}]


async def test_an_id_is_claimed_that_the_session_itself_was_written_under(worker: Any, path: Path) -> None:
    """What a fork begins with may be written before the journal is asked whether another has the id."""
    if not isinstance(worker, LlamaWorker):
        pytest.skip("chooses the moment within the worker, which is in another process here")
    session = await worker.models[0].create_session()
    await session.prompt("Hello!", max_tokens=5)
    other, chosen = session.fork(), uuid.uuid4().hex
    await asyncio.gather(other.flush(), other.claim_id(chosen))
    await other.claim_id(chosen)
    assert there(path, chosen) == session.get_chat_history()
    with pytest.raises(InvalidOptionsError, match="There is a session"):
        await session.fork().claim_id(chosen)


async def test_nothing_said_is_nothing_kept(worker: Any) -> None:
    session = await worker.models[0].create_session(system_prompt="You are helpful.")
    session.reset_chat_history()
    await session.flush()
    assert await entry(worker, session.id) is None
    with pytest.raises(SessionNotFoundError):
        await worker.models[0].resume_session(session.id)


async def test_a_session_out_of_a_file_is_kept_too(worker: Any, session: Any, path: Path, tmp_path: Path) -> None:
    await session.save(tmp_path / "saved")
    loaded = await worker.models[0].load_session(tmp_path / "saved")
    assert loaded.id != session.id
    assert there(path, loaded.id) == session.get_chat_history()


async def test_removed_is_gone_until_it_is_forked(worker: Any, session: Any) -> None:
    await worker.remove_session(session.id)
    assert await entry(worker, session.id) is None
    for attempt in (worker.remove_session(session.id), worker.models[0].resume_session(session.id)):
        with pytest.raises(SessionNotFoundError, match="no conversation"):
            await attempt
    before = session.get_chat_history()
    with pytest.raises(SessionConflictError, match="removed"):
        await session.prompt("Still here?", max_tokens=2)
    assert session.get_chat_history() == before
    other = session.fork()
    await other.prompt("And now?", max_tokens=2)
    assert (await entry(worker, other.id)).messages == 5


@pytest.mark.parametrize("kind", ["here", "bridge"])
async def test_calls_that_wait_are_answered_later(kind: str, tmp_path: Path) -> None:
    """An app that runs functions itself was ended while it did."""
    async with new_worker(kind, tmp_path / "chats") as worker:
        session = await (await worker.load_model("builtin")).create_session()
        question = {"functions": [WEATHER], "function_choice": "get_weather", "temperature": 0}
        reply = await session.prompt("What is the weather in Lisbon?", **question)
        assert reply.finish_reason == "tool_calls"
    async with new_worker(kind, tmp_path / "chats") as worker:
        (info,) = await worker.list_sessions()
        assert (info.unfinished, info.functions) == (False, ("get_weather",))
        resumed = await (await worker.load_model("builtin")).resume_session(info.session_id)
        await resumed.answer_calls({call.id: "sunny" for call in reply.tool_calls}, max_tokens=5)
        *_, result, answer = resumed.get_chat_history()
        assert (result["content"], answer["role"]) == ("sunny", "assistant")


@pytest.mark.parametrize("kind", ["here", "bridge"])
async def test_without_a_journal(kind: str) -> None:
    async with new_worker(kind, None) as worker:
        model = await worker.load_model("builtin", context_size=256, sequences=1)
        session = await model.create_session()
        await session.prompt("Hello", max_tokens=1)
        await session.flush()
        for attempt in (worker.list_sessions(), worker.remove_session("a"), model.resume_session("a")):
            with pytest.raises(InvalidOptionsError) as raised:
                await attempt
            assert raised.value.path == "journal"


async def test_another_model(worker: Any, session: Any, random_model_path: Path) -> None:
    """Refused, as `load_session` does, unless the conversation alone is wanted."""
    model = await worker.load_model(random_model_path, context_size=512, sequences=1)
    with pytest.raises(InvalidSessionFileError, match=r"builtin\.gguf"):
        await model.resume_session(session.id)
    if isinstance(worker, LlamaWorker):
        resumed = await model.resume_session(session.id, any_model=True)
        assert resumed.get_chat_history() == session.get_chat_history()
    await model.unload()


async def test_two_hold_one(worker: Any, session: Any, path: Path) -> None:
    """Another program goes on with a conversation; the first is told so, and has what it had."""
    async with LlamaWorker(journal=path) as second:
        model = await second.load_model("builtin", context_size=512, sequences=1)
        theirs = await model.resume_session(session.id)
        await theirs.prompt("Hello from there", max_tokens=2)
        before = session.get_chat_history()
        with pytest.raises(SessionConflictError, match="changed"):
            await session.prompt("Hello from here", max_tokens=2)
        assert session.get_chat_history() == before
        await theirs.prompt("And again", max_tokens=2)
        assert (await entry(worker, session.id)).messages == 7
