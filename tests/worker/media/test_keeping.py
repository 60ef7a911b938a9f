"""Conversations with images in files, in the journal, and when they grow too long."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from llama_worker import ChatSession, Image, LlamaWorker, Model, errors
from llama_worker.worker.chat.session_file import SessionRecord, read_session, write_session
from llama_worker.worker.media.storing import put_away
from tests.projector_factory import IMAGE_TOKENS, png

pytestmark = pytest.mark.asyncio(loop_scope="module")
RED, BLUE = Image(png()), Image(png((20, 20, 220)))
GREEDY: Any = {"temperature": 0, "max_tokens": 12}


async def talk(model: Model) -> ChatSession:
    session = await model.create_session()
    await session.prompt(["What is this?", RED], **GREEDY)
    await session.prompt(["And again?", RED, BLUE], **GREEDY)
    return session


async def test_a_file_holds_each_image_once(seeing: Model, tmp_path: Path) -> None:
    session = await talk(seeing)
    await session.save(tmp_path / "talk")
    first, record = (tmp_path / "talk").read_bytes().split(b"\n")[:2]
    assert first == b"llama-worker-session 2"
    assert len(json.loads(record)["media"]) == 2
    loaded = await seeing.load_session(tmp_path / "talk")
    assert loaded.get_chat_history() == session.get_chat_history()
    assert (await loaded.prompt("Why?", **GREEDY)).text == (await session.prompt("Why?", **GREEDY)).text


async def test_a_file_without_images_is_what_it_was(seeing: Model, tmp_path: Path) -> None:
    session = await seeing.create_session()
    await session.prompt("Hello!", max_tokens=1)
    await session.save(tmp_path / "talk")
    assert (tmp_path / "talk").read_bytes().startswith(b"llama-worker-session 1\n")


async def test_a_state_has_the_image_in_it(seeing: Model, tmp_path: Path, worker: LlamaWorker) -> None:
    session = await seeing.create_session()
    first = await session.prompt(["What is this?", RED], **GREEDY)
    await session.save(tmp_path / "talk", include_state=True)
    other = await worker.load_model(seeing.path, context_size=1024, sequences=2)
    loaded = await other.load_session(tmp_path / "talk")
    assert (await loaded.prompt("Why?", **GREEDY)).usage.cached_tokens >= first.usage.prompt_tokens


async def test_beside_images_the_states_of_texts_are_kept(
    worker: LlamaWorker, seeing_path: Path, tmp_path: Path
) -> None:
    await worker.initialize(state_cache=str(tmp_path / "states"))
    model = await worker.load_model(seeing_path, context_size=1024, sequences=5)
    for color in range(4):
        session = await model.create_session()
        await session.prompt([Image(png((color * 60, 0, 0))), "What is this? " * 20], max_tokens=4)
    await model.chat([{"role": "user", "content": "Tell me a story. " * 30}], max_tokens=40)
    await model.unload()
    assert len(list((tmp_path / "states").rglob("*.state*"))) == 1


async def test_a_file_whose_image_is_missing_is_damaged(seeing: Model, tmp_path: Path) -> None:
    session = await talk(seeing)
    await session.save(tmp_path / "talk")
    record = read_session(tmp_path / "talk", tmp_path / "state")
    references = put_away(record.history, {})
    broken = SessionRecord(model=record.model, options=record.options, history=references, instead=[], covered=0)
    write_session(tmp_path / "broken", broken, None)
    with pytest.raises(errors.InvalidSessionFileError, match="damaged"):
        await seeing.load_session(tmp_path / "broken")


async def test_a_journal_holds_each_image_once_and_forgets_it(seeing_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with LlamaWorker(journal=str(path)) as worker:
        model = await worker.load_model(seeing_path, context_size=1024, sequences=1)
        session = await talk(model)
        with sqlite3.connect(path) as database:
            assert database.execute("select count(*) from media").fetchone() == (2,)
        database.close()
        resumed = await model.resume_session(session.id)
        assert resumed.get_chat_history() == session.get_chat_history()
        assert (await worker.list_sessions())[0].title == "What is this?"
        resumed.set_chat_history([{"role": "user", "content": [BLUE]}])
        await resumed.flush()
        with sqlite3.connect(path) as database:
            assert database.execute("select count(*) from media").fetchone() == (1,)
        database.close()
        await worker.remove_session(session.id)
    assert BLUE.part["image_url"]["url"].encode() not in path.read_bytes()


async def test_an_image_counts_its_tokens_when_a_conversation_is_too_long(
    worker: LlamaWorker, seeing_path: Path
) -> None:
    small = await worker.load_model(seeing_path, context_size=256, sequences=1)
    session = await small.create_session()
    dropped = 0
    for _ in range(14):
        reply = await session.prompt(["What is this?", RED], max_tokens=4)
        assert reply.usage.prompt_tokens <= 256
        dropped = reply.dropped_messages
    assert dropped > 0
    assert await session.count_tokens() <= 256
    many = await session.prompt([RED] * 2, max_tokens=4)
    assert many.usage.prompt_tokens > 2 * IMAGE_TOKENS
    with pytest.raises(errors.ContextOverflowError):
        await session.prompt([RED] * 20, max_tokens=4)
    assert len(session.get_chat_history()) == 30
