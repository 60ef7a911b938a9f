"""Client libraries of others, each in an environment of its own, with all that they can do: `make test-clients`."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from llama_worker import LlamaWorker
from llama_worker.models import ModelStore
from tests.http.clients.counted import counted_server, environment
from tests.http.clients.environment import NPM, SCRIPTS, environments, installed, npm_installed, python_of
from tests.http.clients.matrix import ABILITIES, CLIENTS, Client
from tests.worker.embedding.small_models import encoder

HOW = "run `python -m tests.http.clients --all` to install the client libraries"
_SHOWN = 4000


def command(client: Client) -> list[str]:
    """What runs its script."""
    if client.script.endswith(".mjs"):
        node = shutil.which("node")
        if node is None or not npm_installed(NPM):
            pytest.skip(HOW)
        return [node, str(SCRIPTS / client.script)]
    if not installed(client.environment):
        pytest.skip(HOW)
    return [str(python_of(client.environment)), "-P", str(SCRIPTS / client.script)]


@pytest.mark.clients
@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: Path(client.script).name)
async def test_a_client_does_what_the_matrix_says(
    client: Client, worker: LlamaWorker, store: ModelStore, seeing_path: Path, slow_model_path: Path, tmp_path: Path
) -> None:
    """Neither less nor more."""
    run = command(client)
    ranker = encoder(tmp_path / "ranker.gguf", ranks=True)
    async with counted_server(worker, store, seeing=seeing_path, slow=slow_model_path, ranker=ranker) as server:
        process = await asyncio.create_subprocess_exec(
            *run, env=environment(server, tmp_path), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        try:
            output = (await process.communicate())[0].decode()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert process.returncode == 0, output[-_SHOWN:]
    proved = [line.removeprefix("proved: ") for line in output.splitlines() if line.startswith("proved: ")]
    assert sorted(proved) == sorted(client.proves)


def test_the_matrix_is_of_what_is_there() -> None:
    scripts = {client.script for client in CLIENTS}
    there = [*SCRIPTS.glob("*/*_tried.py"), *SCRIPTS.glob("npm/*.mjs")]
    assert {path.relative_to(SCRIPTS).as_posix() for path in there} == scripts
    assert {client.environment for client in CLIENTS} == {*environments(), "npm"}
    for client in CLIENTS:
        assert client.proves <= set(ABILITIES), client.name
        assert not client.why_not.keys() - (set(ABILITIES) - client.proves), client.name
