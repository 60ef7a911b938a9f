"""`llama-worker mcp` as programs use it, with the official client."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest
from mcp.client.streamable_http import streamable_http_client

from llama_worker.cli.main import run
from mcp import Client, StdioServerParameters
from tests.worker.mcp.test_server import until

pytestmark = pytest.mark.timeout(100)


def command(*arguments: str) -> StdioServerParameters:
    return StdioServerParameters(
        command=sys.executable, args=["-m", "llama_worker", "mcp", *arguments], env=dict(os.environ)
    )


def text(result: Any) -> str:
    return str(result.content[0].text)


MISTAKES: list[tuple[str, dict[str, Any], str]] = [
    ("generate", {}, "missing required field `prompt`"),
    ("generate", {"prompt": "Hi", "tempratur": 1}, "unknown field `tempratur`"),
    ("generate", {"prompt": "Hi", "model": "/etc/passwd.gguf"}, "paths and addresses are not taken"),
    ("generate", {"prompt": "Hi", "model": "hf:nobody/nothing"}, "hf:nobody/nothing"),
    ("pull_model", {"name": "hf:nobody/nothing"}, "There is no tool 'pull_model'"),
]


async def test_tools_answers_and_mistakes() -> None:
    """One process, as its start takes longer than all that it is asked here."""
    async with Client(command("--model", "builtin")) as client:
        await its_tools(client)
        await an_answer_with_progress(client)
        await an_answer_of_a_form(client)
        for tool, arguments, why in MISTAKES:
            result = await client.call_tool(tool, arguments)
            assert result.is_error
            assert why in text(result)


async def its_tools(client: Client) -> None:
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert tools.keys() == {"generate", "chat", "embed", "list_models"}
    schema = tools["generate"].input_schema
    assert schema["required"] == ["prompt"]
    assert schema["properties"].keys() == {"prompt", "system", "model", "schema", "max_tokens", "temperature"}
    models = (await client.call_tool("list_models")).structured_content
    assert models is not None
    assert models["models"][0] == {"name": "builtin", "default": True, "loaded": False}


async def an_answer_with_progress(client: Client) -> None:
    told: list[str] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append(message or "")

    asked = {"prompt": "Tell me about llamas.", "max_tokens": 20, "temperature": 0}
    result = await client.call_tool("generate", asked, progress_callback=hear)
    assert not result.is_error
    assert text(result).strip()
    assert any(message.startswith("loading builtin") for message in told)


async def an_answer_of_a_form(client: Client) -> None:
    schema = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}
    messages = [{"role": "user", "content": "Extract the person as JSON: Maria is 31 years old."}]
    result = await client.call_tool("chat", {"messages": messages, "schema": schema, "temperature": 0})
    assert result.structured_content == json.loads(text(result))


@pytest.mark.slow
async def test_a_call_that_is_given_up_lets_go_of_the_engine(slow_model_path: Path) -> None:
    """Its next answer does not wait for the one that nobody wants any more."""
    async with Client(command("--model", f"slow={slow_model_path}", "-o", "sequences=1")) as client:
        with pytest.raises(Exception, match=r"(?i)timed out"):
            await client.call_tool("generate", {"prompt": "Go on for ever"}, read_timeout_seconds=3)
        result = await client.call_tool("generate", {"prompt": "Hi", "max_tokens": 1}, read_timeout_seconds=30)
        assert not result.is_error


def ended(processes: list[psutil.Process]) -> bool:
    return not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in processes)


@pytest.mark.slow
async def test_it_ends_with_its_input_and_at_a_signal(tmp_path: Path) -> None:
    for end in ("input", "signal"):
        async with Client(command("--model", "builtin")) as client:
            await client.call_tool("generate", {"prompt": "Hi", "max_tokens": 1})
            process = max(psutil.Process().children(), key=lambda child: child.create_time())
            assert "mcp" in process.cmdline()
            engines = process.children(recursive=True)
            assert engines
            if end == "signal":
                process.send_signal(signal.SIGTERM)
                assert process.wait(30) in (128 + signal.SIGTERM, None)
        gone = [process, *engines]
        await until(partial(ended, gone))


@pytest.mark.slow
async def test_over_http_with_a_key(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("open sesame")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "llama_worker", "mcp", "--http", "--port", "0", "--api-key-file", str(key)),
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        url = (await process.stderr.readline()).decode().split()[1]
        shown = {"Authorization": "Bearer open sesame"}
        async with (
            httpx2.AsyncClient(headers=shown, timeout=60) as http,
            Client(streamable_http_client(url, http_client=http)) as client,
        ):
            result = await client.call_tool("generate", {"prompt": "Hi", "max_tokens": 2})
            assert not result.is_error
        async with httpx2.AsyncClient() as http:
            assert (await http.post(url, json={})).status_code == 401
    finally:
        process.terminate()
        assert await process.wait() == 0


@pytest.mark.parametrize("http", [False, True], ids=["stdio", "http"])
def test_a_model_that_is_not_there_is_told_of_at_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], http: bool
) -> None:
    missing = ["mcp", "--model", str(tmp_path / "nope.gguf"), *(["--http", "--port", "0"] if http else [])]
    assert run(missing) != 0
    assert "nope.gguf" in capsys.readouterr().err
