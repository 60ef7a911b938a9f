"""Programs that fork, leave or begin another event loop; several with one journal; clients of a worker that has one."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from llama_worker import LlamaOptions, LlamaWorker
from llama_worker.errors import InvalidOptionsError, SessionFileError
from llama_worker.ports.server.workspace import Workspace
from llama_worker.sync import LlamaWorker as SyncWorker
from llama_worker.worker.journal import database
from llama_worker.worker.journal.journal import Journal
from tests.ports.stdio_child import StdioChild


@pytest.mark.parametrize(("mode", "told"), [("fork", "2\n4\n"), ("leave", "2\n"), ("two_loops", "4\n")])
def test_a_program(mode: str, told: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.worker.journal.programs", mode, str(tmp_path / "chats")],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
        timeout=100,
    )
    assert (done.stdout, done.stderr, done.returncode) == (told, "", 0)
    assert [path.name for path in tmp_path.iterdir()] == ["chats"]


def test_without_async_all_is_there_at_once(tmp_path: Path) -> None:
    """What a plain method has changed is written when it returns."""
    path = tmp_path / "chats"
    with SyncWorker(journal=path) as worker:
        session = worker.load_model("builtin", context_size=256, sequences=1).create_session(system_prompt="a")
        session.set_chat_history([{"role": "user", "content": "A"}, {"role": "assistant", "content": "B"}])
        assert len(Journal(path).read(session.id)[0].conversation.messages) == 2
        other = session.fork()
        assert len(Journal(path).list()) == 2
        session.reset_chat_history()
        assert len(Journal(path).read(session.id)[0].conversation.messages) == 1
        session.flush()
        worker.remove_session(session.id)
        (info,) = worker.list_sessions()
        resumed = worker.models[0].resume_session(info.session_id)
        assert (resumed.id, resumed.system_prompt) == (other.id, "a")


async def test_a_program_that_writes_for_long_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The event loop goes on while another holds the file; a prompt waits for it, and says so when that is too long."""
    path = tmp_path / "chats"
    async with LlamaWorker(journal=path) as worker:
        model = await worker.load_model("builtin", context_size=256, sequences=2)
        session = await model.create_session()
        await session.prompt("Hello", max_tokens=1)
        with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
            other.execute("begin exclusive")
            operation = session.prompt("And now?", max_tokens=1)
            await model.complete("a", max_tokens=3)
            assert not operation.finished
            other.execute("commit")
            await operation
            monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
            other.execute("begin exclusive")
            with pytest.raises(SessionFileError, match="locked"):
                await session.prompt("And now?", max_tokens=1)
            other.execute("commit")
        await session.prompt("And now?", max_tokens=1)
        assert len(session.get_chat_history()) == 6


def test_many_threads_begin_one_file(tmp_path: Path) -> None:
    """As programs do that start at the same time; closing one's descriptor gives up nobody's locks."""
    failed: list[Exception] = []

    def prepare() -> None:
        try:
            Journal(tmp_path / "chats").prepare()
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=prepare) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert Journal(tmp_path / "chats").list() == []


def test_an_id_that_a_client_chose_is_the_journals(tmp_path: Path) -> None:
    """Over stdio; in the next run the same id is refused for another conversation, and taken to go on."""
    journal = {"journal": str(tmp_path / "chats")}
    with StdioChild() as child:
        child.send("init", options=journal)
        child.send("load_model", modelPath="builtin")
        child.until("model_loaded")
        child.send("initialize_session", id=1, model="builtin", sessionId="main")
        child.send("prompt", id=2, session="main", prompt="Hello", options={"maxTokens": 2})
        child.until("completion_done")
        child.send("set_chat_history", id=3, session="main", messages=[{"role": "user", "content": "A"}])
        child.until("result", id=3)
        child.send("list_sessions", id=4)
        assert [info["sessionId"] for info in child.until("result", id=4)["value"]] == ["main"]
    with StdioChild() as child:
        child.send("init", options=journal)
        child.send("load_model", modelPath="builtin")
        child.until("model_loaded")
        child.send("initialize_session", id=1, model="builtin", sessionId="main")
        refused = child.until("error")
        assert (refused["code"], refused["path"]) == ("invalid_options", "sessionId")
        child.send("resume_session", id=2, sessionId="main")
        assert child.until("session_created")["sessionId"] == "main"
        child.send("get_chat_history", id=3, session="main")
        assert [message["role"] for message in child.until("result", id=3)["value"]] == ["user"]
        child.send("resume_session", id=4, sessionId="none")
        assert child.until("error")["code"] == "session_not_found"
        child.send("remove_session", id=5, sessionId="main")
        child.until("result", id=5)
    assert Journal(tmp_path / "chats").list() == []


async def test_the_journal_of_a_shared_worker_is_not_for_its_clients(tmp_path: Path) -> None:
    """Neither to read nor to choose: other people's conversations are in it."""
    async with LlamaWorker(journal=tmp_path / "chats") as worker:
        workspace = Workspace(worker, shared=True)
        with pytest.raises(InvalidOptionsError) as raised:
            await workspace.initialize(LlamaOptions(journal=str(tmp_path / "theirs")))
        assert raised.value.path == "journal"
        with pytest.raises(InvalidOptionsError):
            workspace.ensure_journal_allowed()
        model = await worker.load_model("builtin", context_size=256, sequences=1)
        session_id, _ = await workspace.begin_session(model.create_session(), "main")
        session = await workspace.find_session(session_id)
        assert session_id == "main" != session.id, "other clients may have chosen the same"
    assert not (tmp_path / "theirs").exists()
