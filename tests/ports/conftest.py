"""Conversations with a connection, in this process and without encoding."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from llama_worker import LlamaWorker
from llama_worker.ports.local import local_ports
from llama_worker.ports.port import ClientPort, WorkerPort
from llama_worker.ports.server.connection import Connection
from tests.ports.talk import Talk


@pytest.fixture(autouse=True)
def empty_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a worker looks where its models are."""
    for variable in ("XDG_DATA_HOME", "HF_HOME"):
        monkeypatch.setenv(variable, str(tmp_path))


@pytest.fixture
async def ports() -> tuple[ClientPort, WorkerPort]:
    """The two ends of a port."""
    return local_ports()


@pytest.fixture
async def connection(worker: LlamaWorker, ports: tuple[ClientPort, WorkerPort]) -> Connection:
    """The worker's end, which `talk` is the client of."""
    return Connection(worker, ports[1])


@pytest.fixture
async def talk(connection: Connection, ports: tuple[ClientPort, WorkerPort]) -> AsyncIterator[Talk]:
    """A client of a worker that has no model yet."""
    serving = asyncio.create_task(connection.serve())
    talk = Talk(ports[0])
    yield talk
    await talk.close()
    await serving


@pytest.fixture
async def ready(talk: Talk) -> Talk:
    """A client with the built-in model, a context and a session, each current."""
    await talk.ask("load_model", id="load", modelPath="builtin")
    await talk.ask("create_context", id="context")
    await talk.ask("initialize_session", id="session", options={"systemPrompt": "You are helpful."})
    talk.heard.clear()
    return talk
