"""Where a journal can be, and where not: a typed error each, before any model is loaded."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaOptions, LlamaWorker
from llama_worker.errors import InvalidOptionsError, InvalidSessionFileError, SessionFileError
from llama_worker.worker.journal.database import APPLICATION_ID, VERSION
from llama_worker.worker.journal.journal import Journal


@pytest.mark.parametrize("path", ["", "a\0b", "a\ud800b", Path(os.fsdecode(b"\xff")), 5, ["a"]], ids=ascii)
def test_what_can_be_no_path(path: Any) -> None:
    with pytest.raises(InvalidOptionsError) as raised:
        LlamaWorker(journal=path)
    assert raised.value.path == "journal"
    raised.value.message.encode()


def test_a_path_is_text_in_messages(tmp_path: Path) -> None:
    worker = LlamaWorker(journal=tmp_path / "chats")
    assert worker._options == LlamaOptions(journal=str(tmp_path / "chats"))


@pytest.mark.parametrize("where", [".", "file/below", "a" * 300, "file/below/more"])
async def test_where_the_system_lets_nothing_be(where: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SessionFileError) as raised:
        await LlamaWorker(journal=tmp_path / where).initialize()
    assert raised.value.errno in (errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


async def test_what_is_no_journal_is_left_alone(tmp_path: Path) -> None:
    text, other, newer, broken = (tmp_path / name for name in ("text", "other", "newer", "broken"))
    text.write_text("Dear diary, " * 1000)
    with closing(sqlite3.connect(other)) as database:
        database.execute("create table cookies (name)")
    Journal(newer).prepare()
    with closing(sqlite3.connect(newer)) as database:
        database.execute(f"pragma user_version = {VERSION + 1}")
    Journal(broken).prepare()
    broken.write_bytes(broken.read_bytes()[:4096] + bytes(8192))
    for path in (text, other, newer, broken):
        before = path.read_bytes()
        with pytest.raises(InvalidSessionFileError) as raised:
            await LlamaWorker(journal=path).list_sessions()
        assert str(path) in raised.value.message
        if path is not broken:
            with pytest.raises(InvalidSessionFileError):
                await LlamaWorker(journal=path).initialize()
        assert path.read_bytes() == before


async def test_looking_makes_nothing(tmp_path: Path) -> None:
    """Neither where there is no file nor in one that is empty."""
    (tmp_path / "empty").touch()
    for name in ("none", "folder/none", "empty"):
        assert await LlamaWorker(journal=tmp_path / name).list_sessions() == []
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]
    assert (tmp_path / "empty").stat().st_size == 0


async def test_it_stays_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that goes elsewhere afterwards means the same file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    async with LlamaWorker(journal="chats") as worker:
        monkeypatch.chdir(tmp_path / "elsewhere")
        model = await worker.load_model("builtin", context_size=256, sequences=1)
        session = await model.create_session()
        await session.prompt("Hello", max_tokens=1)
        assert len(await worker.list_sessions()) == 1
    assert not list((tmp_path / "elsewhere").iterdir())


async def test_one_bad_conversation_hides_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with LlamaWorker(journal=tmp_path / "chats") as worker:
        model = await worker.load_model("builtin", context_size=256, sequences=1)
        good, bad = [await model.create_session() for _ in range(2)]
        for session in (good, bad):
            await session.prompt("Hello", max_tokens=1)
        with closing(sqlite3.connect(tmp_path / "chats", isolation_level=None)) as database:
            assert database.execute("pragma application_id").fetchone() == (APPLICATION_ID,)
            database.execute("update sessions set options = '{\"new\": 1}' where id = ?", (bad.id,))
        assert [info.session_id for info in await worker.list_sessions()] == [good.id]
        assert bad.id in caplog.text
        with pytest.raises(InvalidSessionFileError, match=bad.id):
            await model.resume_session(bad.id)
        await worker.remove_session(bad.id)
