"""Paths that a session cannot be saved to or loaded from: a typed error each, here and over a port."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker
from llama_worker.errors import InvalidOptionsError, SessionFileError, SessionNotFoundError
from llama_worker.ports.client.bridge import LlamaWorkerBridge
from llama_worker.ports.client.stdio import stdio_port
from tests.gguf_factory import write_gguf

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["here", "bridge"])
async def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Any]:
    path = write_gguf(tmp_path_factory.mktemp("noise") / "noise.gguf")
    async with LlamaWorker() if request.param == "here" else LlamaWorkerBridge(stdio_port()) as worker:
        yield await worker.load_model(path, context_size=256, sequences=1)


@pytest.mark.parametrize("path", ["", "a\0b", "a\ud800b", b"a\0b", 5, None, ["a"]], ids=repr)
async def test_what_can_be_no_path(model: Any, path: Any) -> None:
    session = await model.create_session()
    for attempt in (session.save(path), model.load_session(path)):
        with pytest.raises(InvalidOptionsError) as raised:
            await attempt
        assert raised.value.path == "path"
        raised.value.message.encode()


@pytest.mark.parametrize("where", [".", "folder", "file/below", "a" * 300])
async def test_where_the_system_lets_nothing_be_saved(model: Any, where: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    session = await model.create_session()
    with pytest.raises(SessionFileError) as raised:
        await session.save(tmp_path / where)
    assert isinstance(raised.value, OSError)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
    with pytest.raises(SessionFileError):
        await model.load_session(tmp_path / where)


async def test_where_there_is_no_folder(model: Any, tmp_path: Path) -> None:
    session = await model.create_session()
    with pytest.raises(SessionNotFoundError, match="No such file or directory"):
        await session.save(tmp_path / "none" / "session")
    with pytest.raises(SessionNotFoundError):
        await model.load_session(tmp_path / "none" / "session")


async def test_a_disk_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left, and the system's own words are there."""

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    async with LlamaWorker() as worker:
        session = await (await worker.load_model("builtin", context_size=256)).create_session()
        with pytest.raises(SessionFileError, match=r"cannot be saved as .*: No space left on device") as raised:
            await session.save(tmp_path / "session")
    assert raised.value.errno == 28
    assert not list(tmp_path.iterdir())


async def test_a_name_that_is_no_utf8(tmp_path: Path) -> None:
    """A file of this machine may be called so; what is said of it can be printed."""
    name = os.fsdecode(b"caf\xe9")
    async with LlamaWorker() as worker:
        model = await worker.load_model("builtin", context_size=256)
        session = await model.create_session(system_prompt="a")
        await session.save(tmp_path / name)
        assert (await model.load_session(tmp_path / name)).get_chat_history() == session.get_chat_history()
        with pytest.raises(SessionNotFoundError) as raised:
            await model.load_session(tmp_path / (name + "x"))
        raised.value.message.encode()


async def test_a_place_in_the_home_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    async with LlamaWorker(journal="~/chats") as worker:
        model = await worker.load_model("builtin", context_size=256, sequences=1)
        session = await model.create_session()
        await session.prompt("a", max_tokens=1)
        await session.save("~/saved")
        assert (await model.load_session("~/saved")).get_chat_history() == session.get_chat_history()
        with pytest.raises(InvalidOptionsError, match="home directory is unknown"):
            await session.save("~nobody-of-that-name/saved")
    assert {"chats", "saved"} <= {path.name for path in tmp_path.iterdir()}
