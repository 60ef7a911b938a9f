"""`serve` and `ps` as people run them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from llama_worker.cli.main import run as run_here
from tests.http.server import Address, fetch

KEY = "a key that nobody sees"


@asynccontextmanager
async def served(folder: Path, *arguments: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, Address, str]]:
    """`llama-worker serve` on a free port, once it has said where; it must end by itself when interrupted."""
    command = (sys.executable, "-m", "llama_worker", "serve", "--port", "0", *arguments)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LLAMA_WORKER")}
    process = await asyncio.create_subprocess_exec(
        *command,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment | {"XDG_DATA_HOME": str(folder)},
    )
    try:
        assert process.stdout is not None
        welcome = (await process.stdout.readuntil(b"Ctrl-C")).decode()
        port = int(welcome.split("localhost:")[1].split("\n")[0].split("/")[0])
        yield process, Address(port), welcome
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def run(*arguments: str, key: str = "") -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "llama_worker", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=os.environ | {"LLAMA_WORKER_API_KEY": key, "COLUMNS": "100"},
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
async def test_serve_says_where_answers_and_leaves_nothing(tmp_path: Path, how: signal.Signals) -> None:
    async with served(tmp_path, "--model", "builtin") as (process, address, welcome):
        assert f"OPENAI_BASE_URL=http://localhost:{address.port}/v1" in welcome
        answer = await fetch(address, "POST", "/v1/completions", {"prompt": "Hello!", "max_tokens": 3})
        assert answer.status == 200
        code, shown = await run("ps", "--url", address.url)
        assert code == 0
        assert "builtin" in shown
        assert "loaded" in shown
        engines = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(how)
        _, errors = await asyncio.wait_for(process.communicate(), 30)
        assert (process.returncode, errors) == (0, b"")
        assert not any(engine.is_running() and engine.status() != psutil.STATUS_ZOMBIE for engine in engines)


async def test_the_key_comes_from_a_file_and_shows_nowhere(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    async with served(tmp_path, "--api-key-file", str(file)) as (process, address, welcome):
        assert (await fetch(address, "GET", "/v1/models")).status == 401
        assert (await fetch(address, "GET", "/v1/models", headers={"Authorization": f"Bearer {KEY}"})).status == 200
        assert KEY not in welcome + " ".join(psutil.Process(process.pid).cmdline())
        code, output = await run("ps", "--url", address.url)
        assert (code, "API key" in output) == (1, True)
        code, output = await run("ps", "--url", address.url, "--json", key=KEY)
        assert (code, '"models": []' in output) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["serve", "--host", "0.0.0.0", "--port", "0"], "without an API key"),
        (["serve", "--model", "/no/such.gguf", "--port", "0"], "/no/such.gguf"),
        (["serve", "--api-key-file", "/no/such/file"], "Cannot read the API key file"),
        (["ps", "--url", "http://127.0.0.1:9"], "No llama-worker server answers"),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LLAMA_WORKER_API_KEY", raising=False)
    assert run_here(arguments) == 1
    assert sentence in capsys.readouterr().err
