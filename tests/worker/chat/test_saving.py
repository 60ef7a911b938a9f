"""Sessions in files."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec import json

from llama_worker import ChatSession, LlamaWorker, Model
from llama_worker.errors import InvalidSessionFileError, SessionNotFoundError
from tests.gguf_factory import write_gguf

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONG = "la li lo lu " * 40


async def talked(model: Model) -> ChatSession:
    session = await model.create_session(system_prompt=LONG, overflow="error")
    await session.prompt("one", max_tokens=20, temperature=0)
    return session


async def test_a_saved_session_is_the_same_session(noise: Model, tmp_path: Path) -> None:
    session = await talked(noise)
    await session.save(tmp_path / "session")
    restored = await noise.load_session(tmp_path / "session")
    assert restored.get_chat_history() == session.get_chat_history()
    answers = [await each.prompt("two", max_tokens=10, temperature=0) for each in (session, restored)]
    assert answers[0].text == answers[1].text
    restored.reset_chat_history()
    assert restored.get_chat_history() == [{"role": "system", "content": LONG}]
    assert [path.name for path in tmp_path.iterdir()] == ["session"]


async def test_what_the_model_sees_is_saved_too(noise: Model, tmp_path: Path) -> None:
    from llama_worker.worker.chat.context_window import ContextWindow

    session = await talked(noise)
    session._history.window = ContextWindow([{"role": "system", "content": "a summary"}], covered=2)
    await session.save(tmp_path / "session")
    restored = await noise.load_session(tmp_path / "session")
    assert restored.get_context_window() == session.get_context_window()
    assert restored.get_chat_history() == session.get_chat_history()


async def test_with_its_state_the_conversation_is_not_read_again(noise: Model, tmp_path: Path) -> None:
    session = await talked(noise)
    await session.save(tmp_path / "session", include_state=True)
    plain = tmp_path / "plain"
    await session.save(plain)
    assert (tmp_path / "session").stat().st_size > 10 * plain.stat().st_size
    engine = await noise.runtime.engine()
    before = set(Path(engine.directory).iterdir())
    async with LlamaWorker() as worker:
        other = await worker.load_model(noise.path)
        restored = await other.load_session(tmp_path / "session")
        reply = await restored.prompt("two", max_tokens=5, temperature=0)
        assert reply.usage.cached_tokens > 0.9 * reply.usage.prompt_tokens - 20
    assert set(Path(engine.directory).iterdir()) == before, "no copy of the state is left"
    assert reply.text == (await session.prompt("two", max_tokens=5, temperature=0)).text


async def test_without_its_state_the_conversation_is_read_again(noise: Model, tmp_path: Path) -> None:
    await (await talked(noise)).save(tmp_path / "session")
    async with LlamaWorker() as worker:
        other = await worker.load_model(noise.path)
        restored = await other.load_session(tmp_path / "session")
        assert (await restored.prompt("two", max_tokens=2)).usage.cached_tokens == 0


async def test_restoring_survives_the_engine(noise: Model, tmp_path: Path) -> None:
    async with LlamaWorker() as worker:
        model = await worker.load_model(noise.path)
        session = await talked(model)
        await session.save(tmp_path / "session", include_state=True)
        engine = model.runtime._supervisor.current
        assert engine
        await engine._process.kill()
        restored = await model.load_session(tmp_path / "session")
        reply = await restored.prompt("two", max_tokens=5, temperature=0)
        assert reply.usage.cached_tokens > 0.9 * reply.usage.prompt_tokens - 20


async def test_restoring_in_a_new_process(noise: Model, tmp_path: Path) -> None:
    session = await talked(noise)
    path = tmp_path / "session"
    await session.save(path, include_state=True)
    script = tmp_path / "restore.py"
    script.write_text(
        "import asyncio, sys\n"
        "from llama_worker import LlamaWorker\n"
        "async def main():\n"
        "    async with LlamaWorker() as worker:\n"
        "        model = await worker.load_model(sys.argv[1])\n"
        "        session = await model.load_session(sys.argv[2])\n"
        "        print((await session.prompt('two', max_tokens=10, temperature=0)).text)\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, script, noise.path, path, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    assert output.decode().strip() == (await session.prompt("two", max_tokens=10, temperature=0)).text


async def test_saving_waits_for_the_prompt_that_runs(noise: Model, tmp_path: Path) -> None:
    session = await noise.create_session()
    operation = session.prompt("one", max_tokens=50)
    await asyncio.sleep(0)
    await session.save(tmp_path / "session")
    assert operation.finished
    assert len((await noise.load_session(tmp_path / "session")).get_chat_history()) == 2


async def test_saving_replaces_a_file_whole_or_not_at_all(noise: Model, tmp_path: Path) -> None:
    session = await talked(noise)
    path = tmp_path / "session"
    await session.save(path)
    good = path.read_bytes()
    session._history.messages[0]["content"] = object()  # type: ignore[typeddict-item]
    with pytest.raises(TypeError):
        await session.save(path)
    assert path.read_bytes() == good
    assert [entry.name for entry in tmp_path.iterdir()] == ["session"]
    with pytest.raises(FileNotFoundError):
        await (await talked(noise)).save(tmp_path / "no such folder" / "session")


async def test_a_session_of_another_model_is_refused(noise: Model, tmp_path: Path) -> None:
    path = tmp_path / "session"
    await (await talked(noise)).save(path, include_state=True)
    async with LlamaWorker() as worker:
        other = await worker.load_model(write_gguf(tmp_path / "other.gguf", seed=5, plain_text=True))
        with pytest.raises(InvalidSessionFileError, match=r"saved with noise\.gguf, not with other\.gguf"):
            await other.load_session(path)
        restored = await other.load_session(path, any_model=True)
        assert len(restored.get_chat_history()) == 3
        assert (await restored.prompt("two", max_tokens=2)).usage.completion_tokens == 2


def newer(good: bytes) -> bytes:
    return good.replace(b"llama-worker-session 1", b"llama-worker-session 3", 1)


BROKEN: dict[str, Any] = {
    "empty": lambda good: b"",
    "other": lambda good: b"GGUF" + good,
    "newer": newer,
    "first line": lambda good: good[:10],
    "header": lambda good: good[:200],
    "half": lambda good: good[: len(good) // 2],
    "last byte": lambda good: good[:-1],
    "a byte more": lambda good: good + b"0",
    "a byte changed": lambda good: (
        good[: len(good) // 2] + bytes([good[len(good) // 2] ^ 1]) + good[len(good) // 2 + 1 :]
    ),
    "wrong roles": lambda good: good.replace(b'"role":"user"', b'"role":"king"'),
    "no json": lambda good: good.replace(b'{"model"', b'["model"', 1),
}


@pytest.mark.parametrize("damage", BROKEN)
@pytest.mark.parametrize("include_state", [False, True])
async def test_a_damaged_file_is_refused_and_changes_nothing(
    noise: Model, tmp_path: Path, damage: str, include_state: bool
) -> None:
    path = tmp_path / "session"
    await (await talked(noise)).save(path, include_state=include_state)
    path.write_bytes(BROKEN[damage](path.read_bytes()))
    engine = await noise.runtime.engine()
    before, pid = set(Path(engine.directory).iterdir()), noise.pid
    says = "newer llama-worker" if damage == "newer" else "session"
    with pytest.raises(InvalidSessionFileError, match=says) as error:
        await noise.load_session(path)
    assert str(path) in str(error.value)
    assert set(Path(engine.directory).iterdir()) == before
    assert noise.pid == pid


async def test_a_missing_file_is_a_missing_file(noise: Model, tmp_path: Path) -> None:
    with pytest.raises(SessionNotFoundError, match="no session file"):
        await noise.load_session(tmp_path / "nothing")


async def test_a_state_that_the_engine_refuses_is_no_loss(noise: Model, tmp_path: Path) -> None:
    """One of a larger context, for example: the conversation is simply read again."""
    await (await talked(noise)).save(tmp_path / "session", include_state=True)
    async with LlamaWorker() as worker:
        small = await worker.load_model(noise.path, context_size=256)
        restored = await small.load_session(tmp_path / "session")
        assert len(restored.get_chat_history()) == 3


async def test_the_file_begins_with_what_it_is(noise: Model, tmp_path: Path) -> None:
    """The format is public: version 1 stays readable."""
    await (await talked(noise)).save(tmp_path / "session")
    first, record, digest = (tmp_path / "session").read_bytes().split(b"\n")
    assert first == b"llama-worker-session 1"
    assert set(json.decode(record)) == {"model", "options", "history", "instead", "covered", "stateBytes"}
    assert len(digest) == 64
