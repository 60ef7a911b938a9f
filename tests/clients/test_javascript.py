"""The JavaScript client's own tests, run by Node against this worker; and what its README shows."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import socket
import sys
from pathlib import Path

import pytest
import uvicorn

from llama_worker import LlamaWorker
from llama_worker.ports.server.websocket import WebSocketEndpoint
from tests.examples.environment import link_javascript_client
from tests.http.clients.environment import JAVASCRIPT

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "clients" / "javascript"
COMMAND = (sys.executable, "-m", "llama_worker")

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node 20 or later")


async def node(*arguments: str, input: str = "", **environment: str) -> str:
    """What Node prints; it must end well."""
    process = await asyncio.create_subprocess_exec(
        "node",
        *arguments,
        cwd=CLIENT,
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate(input.encode())
    assert process.returncode == 0, output.decode()
    return output.decode()


@pytest.mark.timeout(300)
async def test_the_clients_own_tests(worker: LlamaWorker, random_model_path: Path) -> None:
    """Over a child process, a MessagePort and a WebSocket."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(WebSocketEndpoint(worker), lifespan="off", log_level="warning", ws="websockets-sansio")
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        output = await node(
            "--test",
            "--experimental-websocket",
            LLAMA_WORKER_COMMAND=json.dumps(COMMAND),
            LLAMA_WORKER_RANDOM_MODEL=str(random_model_path),
            LLAMA_WORKER_URL=f"ws://127.0.0.1:{listener.getsockname()[1]}/",
        )
    finally:
        server.should_exit = True
        await serving
        listener.close()
    assert "# fail 0" in output
    assert "# skipped 0" in output


async def test_the_script_in_the_readme_chats() -> None:
    """Under 30 lines, and it is the file that is shown."""
    script = (CLIENT / "examples" / "chat.mjs").read_text()
    assert len(script.splitlines()) < 30
    assert f"```js\n{script}```" in (CLIENT / "README.md").read_text()
    answers = await node("examples/chat.mjs", *COMMAND, input="Hello!\nAnd again?\n")
    assert len([line for line in answers.splitlines() if line.strip()]) >= 2


def test_the_types_name_what_the_module_has() -> None:
    """Every export and every method has its type."""
    code = (CLIENT / "llama-worker.js").read_text()
    types = "".join((CLIENT / name).read_text() for name in ("llama-worker.d.ts", "protocol.d.ts"))
    exports = re.findall(r"^export (?:async )?(?:class|function) (\w+)", code, re.MULTILINE)
    methods = re.findall(r"^  (?:async )?([a-z]\w+)\(.*\) \{$", code, re.MULTILINE)
    assert exports
    for name in exports:
        assert re.search(rf"^export declare (?:class|function) {name}\b", types, re.MULTILINE)
    transport = {"receive", "lose"}
    for name in set(methods) - transport - {"constructor"}:
        assert re.search(rf"^  {name}[(<]", types, re.MULTILINE), name


def test_nothing_of_the_protocol_is_open_in_the_types() -> None:
    """An index signature would let every typo through."""
    for name in ("llama-worker.d.ts", "protocol.d.ts"):
        assert not re.search(r"\[\w+: string\]:", (CLIENT / name).read_text())


def test_the_package_holds_what_the_types_need() -> None:
    """What is imported is packed."""
    packed = json.loads((CLIENT / "package.json").read_text())["files"]
    for name in ("llama-worker.d.ts", "protocol.d.ts"):
        imported = re.findall(r'from "./([\w-]+)\.js"', (CLIENT / name).read_text())
        assert {name, *(f"{other}.d.ts" for other in imported)} <= set(packed)


async def test_typescript_accepts_the_types() -> None:
    """Of a program that uses everything, and of none of its mistakes."""
    packages = JAVASCRIPT / "node_modules"
    if not (packages / "typescript").is_dir():
        pytest.skip("python -m tests.http.clients installs TypeScript")
    await node(
        str(packages / "typescript" / "bin" / "tsc"),
        *("--noEmit", "--strict", "--module", "nodenext", "--target", "es2023"),
        *("--typeRoots", str(packages / "@types"), "--types", "node"),
        "testing/types.ts",
    )


async def test_the_electron_example_is_sound() -> None:
    """Its files parse, and the parts without Electron run."""
    link_javascript_client()
    for name in ("main.mjs", "page.mjs", "preload.cjs", "use-llm.mjs", "worker-command.mjs"):
        await node("--check", str(ROOT / "examples" / "electron" / name))
    flow = "../../examples/electron/message-flow.test.mjs"
    output = await node("--test", flow, LLAMA_WORKER_COMMAND=json.dumps(COMMAND))
    assert "# fail 0" in output
