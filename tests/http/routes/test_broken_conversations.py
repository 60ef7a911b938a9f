"""A conversations' file that is broken or out of reach: one sentence, and the page itself still works."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from tests.http.server import Address, fetch, serving

CHAT = {"title": "a", "messages": [{"role": "user", "content": "hi"}]}
BREAK: dict[str, Any] = {
    "no_database": lambda path: path.write_bytes(b"not a database" * 1000),
    "a_folder": lambda path: path.mkdir(),
    "below_a_file": lambda path: (path.parent.rmdir(), path.parent.touch()),
    "cut": lambda path: cut(path),
    "another_table": lambda path: make(path, "create table conversations (id text)"),
    "damaged_row": lambda path: make(path, TABLE, "insert into conversations values ('1', 'a', 1, 'no json')"),
    "not_utf8": lambda path: make(path, TABLE, "insert into conversations values ('1', cast(x'ff' as text), 1, '{}')"),
}
TABLE = "create table conversations (id text primary key, title text not null, updated real not null, content text)"


def make(path: Path, *statements: str) -> None:
    database = sqlite3.connect(path)
    for statement in statements or ("create table a (b)", "insert into a values (zeroblob(100000))"):
        database.execute(statement)
    database.commit()
    database.close()


def cut(path: Path) -> None:
    make(path)
    path.write_bytes(path.read_bytes()[:5000])


async def answers(server: Address) -> list[Any]:
    """Of everything that asks the file; each is answered in JSON."""
    return [
        await fetch(server, "GET", "/conversations"),
        await fetch(server, "GET", "/conversations/1"),
        await fetch(server, "PUT", "/conversations/2", CHAT),
        await fetch(server, "DELETE", "/conversations/3"),
    ]


@pytest.mark.parametrize("how", BREAK)
async def test_a_broken_file(worker: LlamaWorker, store: ModelStore, tmp_path: Path, caplog: Any, how: str) -> None:
    path = tmp_path / "data" / "chats.db"
    path.parent.mkdir()
    BREAK[how](path)
    async with serving(create_app(worker, store=store, data=path)) as server:
        with caplog.at_level(logging.WARNING):
            said = await answers(server)
        refused = [answer for answer in said if answer.status == 503]
        assert refused
        assert all(answer.status in (200, 404, 503) for answer in said)
        for answer in refused:
            error = answer.json()["error"]
            assert error["code"] == "conversations_unavailable"
            assert str(tmp_path) not in error["message"]
        assert (await fetch(server, "GET", "/")).status == 200
    records = [record for record in caplog.records if record.name.startswith("llama_worker")]
    assert len(records) == len(refused)
    assert not any(record.exc_info for record in records)


async def test_a_file_that_is_moved_away_is_begun_anew(worker: LlamaWorker, store: ModelStore, tmp_path: Path) -> None:
    path = tmp_path / "chats.db"
    path.write_bytes(b"not a database" * 1000)
    async with serving(create_app(worker, store=store, data=path)) as server:
        assert (await fetch(server, "GET", "/conversations")).status == 503
        path.rename(tmp_path / "aside.db")
        assert (await fetch(server, "PUT", "/conversations/2", CHAT)).status == 200
        assert [one["id"] for one in (await fetch(server, "GET", "/conversations")).json()["data"]] == ["2"]
