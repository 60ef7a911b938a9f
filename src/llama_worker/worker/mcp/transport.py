"""From what is said of an MCP server to a connection's two streams: a process that is started, or an address."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, TextIO

from msgspec import structs

from ...engine.process.frozen import MCP_ARGUMENT, child_command, is_packed
from ...errors import McpServerError
from ...options import McpServerOptions

Streams = AbstractAsyncContextManager[Any]
_VARIABLE = re.compile(r"\$\{(?:env:)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<otherwise>[^}]*))?\}")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_CHILD = str(Path(__file__).with_name("child.py"))
_SECONDS, _READ_SECONDS = 30.0, 300.0


def expanded(server: str, options: McpServerOptions) -> McpServerOptions:
    """With the environment's variables in place of `${NAME}`. Raises `McpServerError` for one that is not there."""

    def filled(value: Any) -> Any:
        if isinstance(value, str):
            return _VARIABLE.sub(lambda found: _variable(server, found), value)
        if isinstance(value, tuple):
            return tuple(filled(item) for item in value)
        return {name: filled(item) for name, item in value.items()} if isinstance(value, dict) else value

    names = ("command", "args", "env", "cwd", "url", "headers")
    return structs.replace(options, **{name: filled(getattr(options, name)) for name in names})


def _variable(server: str, found: re.Match[str]) -> str:
    value = os.environ.get(found["name"], found["otherwise"])
    if value is None:
        what = f"needs the environment variable {found['name']}, which is not set"
        raise McpServerError(f"The MCP server {server!r} {what}.", server=server)
    return value


def transport(server: str, options: McpServerOptions, errors: TextIO) -> Streams:
    """The streams of an expanded server. Raises `McpServerError` when there is no such program, or no such header."""
    if options.url is not None:
        _check_headers(server, options)
        return _to_address(options.url, options)
    from mcp import StdioServerParameters, stdio_client

    command, *arguments = _supervised(server, options)
    parameters = StdioServerParameters(command=command, args=arguments, env=options.env, cwd=options.cwd)
    return stdio_client(parameters, errlog=errors)


def _check_headers(server: str, options: McpServerOptions) -> None:
    """Here, as what is said of it elsewhere quotes its value, which may be a key."""
    for name, value in options.headers.items():
        if not _HEADER_NAME.fullmatch(name) or not (value.isascii() and value.isprintable()):
            what = f"its header {name!r} has a character that no header can have, such as the end of a line"
            raise McpServerError(f"The MCP server {server!r} cannot be reached: {what}.", server=server)


def _supervised(server: str, options: McpServerOptions) -> list[str]:
    """The command, under a process that ends it when we are gone; Windows ends it by itself."""
    command = [_program(server, options), *options.args]
    if sys.platform == "win32":
        return command
    supervisor = child_command(MCP_ARGUMENT) if is_packed() else [sys.executable, "-I", "-S", _CHILD]
    return [*supervisor, str(os.getpid()), *command]


def _program(server: str, options: McpServerOptions) -> str:
    assert options.command is not None
    found = shutil.which(options.command, path=options.env.get("PATH"))
    if found is None:
        raise McpServerError(
            f"The MCP server {server!r} cannot be started: there is no program {options.command!r}.", server=server
        )
    if options.cwd is not None and not Path(options.cwd).is_dir():
        raise McpServerError(
            f"The MCP server {server!r} cannot be started: there is no folder {options.cwd}.", server=server
        )
    return found


@asynccontextmanager
async def _to_address(url: str, options: McpServerOptions) -> AsyncIterator[Any]:
    import httpx2

    if options.type == "sse":
        from mcp.client.sse import sse_client

        async with sse_client(url, headers=dict(options.headers)) as streams:
            yield streams
        return
    from mcp.client.streamable_http import streamable_http_client

    timeout = httpx2.Timeout(_SECONDS, read=_READ_SECONDS)
    async with (
        httpx2.AsyncClient(headers=dict(options.headers), timeout=timeout) as client,
        streamable_http_client(url, http_client=client) as streams,
    ):
        yield streams
