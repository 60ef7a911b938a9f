"""Real client libraries, unchanged but for the address, against the built-in model."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from tests.http.clients.environment import JAVASCRIPT, SCRIPTS, installed, npm_installed, python_of
from tests.http.clients.matrix import CLIENTS
from tests.http.server import Address, serving
from tests.projector_factory import png, wav

HOW = "run `python -m tests.http.clients` to install the client libraries"


async def run(server: Address, *command: str | Path) -> None:
    """Run a client's script; its own words are the failure's."""
    known = {"OPENAI_API_KEY": "unused", "ANTHROPIC_API_KEY": "unused", "NO_PROXY": "127.0.0.1"}
    addresses = {"OPENAI_BASE_URL": f"{server.url}/v1", "ANTHROPIC_BASE_URL": server.url, "OLLAMA_HOST": server.url}
    quiet = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LANGSMITH_TRACING": "false", "PYTHONSAFEPATH": "1"}
    process = await asyncio.create_subprocess_exec(
        *command,
        env=os.environ | known | addresses | quiet,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()[-4000:]


@pytest.mark.parametrize(
    "script",
    [
        "openai_sync.py",
        pytest.param("openai_async.py", marks=pytest.mark.slow),
        "anthropic_messages.py",
        pytest.param("langchain_chat.py", marks=pytest.mark.slow),
        pytest.param("pydantic_ai_agent.py", marks=pytest.mark.slow),
    ],
)
async def test_python_clients(server: Address, script: str) -> None:
    if not installed("main"):
        pytest.skip(HOW)
    await run(server, python_of("main"), SCRIPTS / script)


async def test_images_and_sounds(worker: LlamaWorker, seeing_path: Path, tmp_path: Path) -> None:
    if not installed("main"):
        pytest.skip(HOW)
    (tmp_path / "photo.png").write_bytes(png())
    (tmp_path / "speech.wav").write_bytes(wav())
    async with serving(create_app(worker, models={"seeing": str(seeing_path)})) as server:
        await run(server, python_of("main"), SCRIPTS / "openai_media.py", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("script", ["litellm_chat.py", "instructor_chat.py"])
async def test_clients_that_want_an_older_openai(server: Address, script: str) -> None:
    if not installed("litellm"):
        pytest.skip(HOW)
    await run(server, python_of("litellm"), SCRIPTS / script)


async def test_ollamas_client(server: Address) -> None:
    if not installed("ollama"):
        pytest.skip(HOW)
    await run(server, python_of("ollama"), SCRIPTS / "ollama_client.py")


@pytest.mark.parametrize("package", ["openai", "ollama"])
async def test_npm_packages(server: Address, package: str) -> None:
    node = shutil.which("node")
    if node is None or not npm_installed(JAVASCRIPT):
        pytest.skip(HOW)
    await run(server, node, JAVASCRIPT / f"{package}.mjs")


def test_every_client_is_in_the_matrix() -> None:
    """The document of clients is made of it."""
    apart = {"__init__.py", "__main__.py", "counted.py", "environment.py", "matrix.py"}
    there = {script.name for script in (*SCRIPTS.glob("*.py"), *JAVASCRIPT.glob("*.mjs"))}
    assert there - apart == {script for client in CLIENTS for script in client.daily}
