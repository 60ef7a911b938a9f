"""MCP servers of every kind, and what they offer and give: over HTTP, odd schemas, pictures, without async."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mcp.types import Tool

from llama_worker import FunctionDefinition, LlamaWorker, sync
from llama_worker.errors import InvalidOptionsError, McpServerError, MissingPackageError
from llama_worker.mcp import McpServer
from llama_worker.worker.mcp.tools import apart, definition_of, fitting
from tests.worker.mcp.test_server import WEATHER
from tests.worker.tools.test_toolbox import QUESTION, asking

pytestmark = pytest.mark.timeout(100)
Fake = Callable[..., McpServer]

ODD: dict[str, dict[str, Any]] = {
    "a pattern without anchors": {"properties": {"a": {"type": "string", "pattern": "[0-9]+"}}, "required": ["a"]},
    "a pattern of another language": {"properties": {"a": {"type": "string", "pattern": "^(?<=x)\\p{L}$"}}},
    "a reference to elsewhere": {"properties": {"a": {"$ref": "https://example.com/schema.json"}}},
    "a reference to nothing": {"properties": {"a": {"$ref": "#/$defs/nothing"}}},
    "several types": {"properties": {"a": {"type": ["string", "null"]}, "b": {"anyOf": [{"type": "integer"}, {}]}}},
    "a reference to itself": {
        "$defs": {"n": {"type": "object", "properties": {"n": {"$ref": "#/$defs/n"}}}},
        "properties": {"a": {"$ref": "#/$defs/n"}},
    },
    "conditions": {"properties": {"a": {"type": "integer"}}, "if": {}, "then": {}, "not": {"required": ["b"]}},
    "formats and limits": {"properties": {"a": {"type": "string", "format": "uri", "minLength": 1, "maxLength": 9999}}},
    "more of everything": {"properties": {}, "additionalProperties": {"type": "string"}, "minProperties": 1},
    "too much": {"properties": {f"p{index}": {"type": "string"} for index in range(400)}},
    "nothing": {},
}


@pytest.mark.slow
async def test_schemas_of_all_kinds_are_taken_by_the_engine(builtin: Any) -> None:
    """A schema that an engine refuses would fail every prompt that offers the tool."""
    for name, rest in ODD.items():
        definition = FunctionDefinition(name="odd", params=fitting({"type": "object", **rest}), handler=lambda **_: "")
        for choice in ("auto", "required"):
            reply = await builtin.chat(
                [{"role": "user", "content": "Hi"}],
                functions=[definition],
                function_choice=choice,
                max_tokens=4,
                temperature=0,
            )
            assert reply.finish_reason in ("stop", "length", "tool_calls"), name


def test_a_schema_keeps_what_can_be_kept() -> None:
    sound = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^[0-9]+$"}}, "required": ["a"]}
    assert fitting(sound) == sound
    loose = fitting({"type": "object", **ODD["a pattern without anchors"]})
    assert loose == {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    assert fitting({"type": "object", **ODD["too much"]})["additionalProperties"] is True


async def test_names_that_models_can_write_each_its_own() -> None:
    async def call(tool: str, arguments: dict[str, Any]) -> str:
        return tool

    def offered(*names: str) -> list[FunctionDefinition]:
        tools = [Tool(name=name, input_schema={"type": "object"}) for name in names]
        return [definition_of(tool, call, needs_approval=True) for tool in tools]

    found = apart(["read"], [("a", offered("read", "files/list")), ("a", offered("read", "1st", "x" * 100))])
    names = [definition.name for definition in found]
    assert names == ["a_read", "files_list", "a_read_2", "_1st", "x" * 64]
    assert found[1].handler is not None
    assert await found[1].handler() == "files/list"


@pytest.mark.slow
async def test_a_server_over_http() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, WEATHER, str(port)), stderr=asyncio.subprocess.DEVNULL
    )
    try:
        server = McpServer.http(f"http://127.0.0.1:{port}/mcp", headers={"X-Key": "hidden"})
        assert server.name == "127.0.0.1"
        assert "hidden" not in repr(server) + repr(server.options)
        async with LlamaWorker() as worker:
            model = await worker.load_model("builtin")
            session = await model.create_session()
            await until_it_answers(server)
            await session.prompt(QUESTION, functions=[server], temperature=0)
            assert session.get_chat_history()[2]["content"] == "sunny in Paris, 24 degrees"
            process.kill()
            await process.wait()
            await session.prompt(QUESTION, functions=[server], temperature=0)
            assert "Error: " in str(session.get_chat_history()[-2]["content"])
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def until_it_answers(server: McpServer) -> None:
    while True:
        try:
            await server.list_tools()
            return
        except McpServerError:
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(("name", "value"), [("Authorization", "Bearer secret\n"), ("A b", "secret"), ("X", "secrét")])
async def test_a_header_that_cannot_be_sent_is_named_and_not_quoted(name: str, value: str) -> None:
    with pytest.raises(McpServerError, match=f"its header '{name}' has a character") as raised:
        await McpServer.http("http://127.0.0.1:9/mcp", headers={name: value}).list_tools()
    assert "secr" not in str(raised.value)


async def test_an_address_where_nobody_is() -> None:
    with pytest.raises(McpServerError, match=r"The MCP server '127.0.0.1' cannot be reached: .+"):
        await McpServer.http("http://127.0.0.1:9/mcp").list_tools()
    with pytest.raises(InvalidOptionsError, match="url"):
        McpServer.http("ftp://example.com/mcp")


@pytest.mark.slow
async def test_a_picture_is_shown_to_a_model_that_sees(fake: Fake, seeing_path: Path) -> None:
    async with LlamaWorker() as worker, fake("picture") as server:
        model = await worker.load_model(seeing_path)
        session = await model.create_session()
        reply = await session.prompt(QUESTION, **asking(server, function_choice="picture", max_tokens=60))
        assert reply.finish_reason in ("stop", "length")
        content = session.get_chat_history()[2]["content"]
        assert isinstance(content, list)
        assert [part["type"] for part in content] == ["text", "image_url"]


@pytest.mark.slow
def test_without_async(fake: Fake) -> None:
    server = fake()
    with sync.LlamaWorker(mcp_servers={"named": server.options}) as worker:
        model = worker.load_model("builtin")
        session = model.create_session()
        session.prompt(QUESTION, functions=[server], temperature=0).result()
        assert session.get_chat_history()[2]["content"] == "sunny in Paris, 24 degrees"
        (named,) = worker.list_mcp_servers()
        assert (named.name, named.problem) == ("named", None)
    assert not server.connected


async def test_a_package_that_is_not_there(monkeypatch: pytest.MonkeyPatch, fake: Fake) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    with pytest.raises(MissingPackageError, match=r'pip install "llama-worker\[mcp\]"'):
        await fake().list_tools()
