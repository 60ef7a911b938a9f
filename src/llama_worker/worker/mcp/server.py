"""`McpServer`: what a program gives as one of the `functions` of a prompt."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from ...errors import FunctionCallError, InvalidOptionsError, LlamaWorkerError
from ...errors.general import printable
from ...errors.nearest import did_you_mean
from ...messages.mcp import McpServerInfo, McpTool
from ...options import McpServerOptions, build_options
from ..home import Home
from ..tools.functions import FunctionDefinition, FunctionSource
from ..tools.toolbox import FunctionFailed
from .connection import Connection
from .results import Piece, given
from .tools import definition_of

if TYPE_CHECKING:
    from mcp.types import Tool


class McpServer(FunctionSource):
    """A server of the Model Context Protocol whose tools a model may call: `functions=[McpServer("npx", "-y", ...)]`.

    `command` with its arguments is started when the tools are first asked for, and again after it has ended by itself.
    With `async with` it is yours: it ends with the block. Without, the worker whose prompt uses it ends it in
    `cleanup()`. `env`, `cwd`, `allow`, `tools` and `start_timeout` are those of `McpServerOptions`, except that nothing
    is put in the place of `${NAME}`; `name` tells its tools from those of others that are called the same. Raises
    `InvalidOptionsError`.
    """

    def __init__(
        self,
        command: str | os.PathLike[str],
        /,
        *arguments: str | os.PathLike[str],
        name: str | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
        allow: bool | tuple[str, ...] = False,
        tools: tuple[str, ...] | None = None,
        start_timeout: float = 60.0,
    ) -> None:
        said: dict[str, Any] = {"command": command, "args": arguments, "env": dict(env or {}), "cwd": cwd}
        same = {"allow": allow, "tools": tools, "start_timeout": start_timeout}
        self._set_up(name or Path(command).stem, build_options(McpServerOptions, None, said | same))

    @classmethod
    def http(
        cls,
        url: str,
        *,
        name: str | None = None,
        headers: Mapping[str, str] | None = None,
        allow: bool | tuple[str, ...] = False,
        tools: tuple[str, ...] | None = None,
        start_timeout: float = 60.0,
    ) -> Self:
        """A server that runs elsewhere, at an address of streamable HTTP. Raises `InvalidOptionsError`."""
        said: dict[str, Any] = {"url": url, "headers": dict(headers or {})}
        same = {"allow": allow, "tools": tools, "start_timeout": start_timeout}
        options = build_options(McpServerOptions, None, said | same)
        return cls.of(name or urlsplit(url).hostname or "server", options)

    @classmethod
    def of(cls, name: str, options: McpServerOptions) -> Self:
        """One as a configuration has it."""
        server = cls.__new__(cls)
        server._set_up(name, options)
        return server

    def _set_up(self, name: str, options: McpServerOptions) -> None:
        self._name = name
        self._options = options
        self._home = Home()
        self._connection: Connection | None = None
        self._opening = asyncio.Lock()
        self._tools: list[Tool] | None = None
        self._held = False

    def __repr__(self) -> str:
        return f"<McpServer {self._name} ({'connected' if self.connected else 'not connected'})>"

    async def __aenter__(self) -> Self:
        self._held = True
        try:
            await self.list_tools()
        except BaseException:
            self._held = False
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._held = False
        await self.close()

    @property
    def name(self) -> str:
        return self._name

    @property
    def options(self) -> McpServerOptions:
        return self._options

    @property
    def held(self) -> bool:
        return self._held

    @property
    def connected(self) -> bool:
        return self._connection is not None and self._connection.alive

    @property
    def stale(self) -> bool:
        """Whether the tools would be asked for anew: before the first time, and when the server says so."""
        return self._tools is None

    async def list_tools(self) -> list[Tool]:
        """The tools that it offers, as the package `mcp` describes them; it is started if need be.

        Raises `McpServerError` and `MissingPackageError`, and `InvalidOptionsError` when it lacks one that is chosen or
        allowed. One that is not as the protocol says is left out, and the log tells of it.
        """
        connection = await self._connected()
        if self._tools is None:
            self._tools = self._chosen(await connection.list_tools())
        return self._tools

    def _chosen(self, found: list[Tool]) -> list[Tool]:
        by_name = {tool.name: tool for tool in found}
        allowed = () if isinstance(self._options.allow, bool) else self._options.allow
        for path, names in (("tools", self._options.tools or ()), ("allow", allowed)):
            for name in names:
                if name not in by_name:
                    said = f"The MCP server {self._name!r} has no tool {name!r}{did_you_mean(name, by_name)}."
                    raise InvalidOptionsError(said, path=path)
        chosen = self._options.tools
        return found if chosen is None else [by_name[name] for name in dict.fromkeys(chosen)]

    async def call_tool(self, tool: str, arguments: Mapping[str, Any] | None = None) -> str | list[Piece]:
        """What a tool gives: text, or a list of texts, `Image`s and `Audio`s. Being cancelled here cancels it there.

        Raises `McpServerError` when the server has ended, and `FunctionCallError` with the tool's own words when it
        fails.
        """
        try:
            return await self._called(tool, arguments)
        except FunctionFailed as error:
            said = f"The tool {tool!r} of the MCP server {self._name!r} has failed: {error}"
            raise FunctionCallError(said, function=tool) from error

    async def _called(self, tool: str, arguments: Mapping[str, Any] | None = None) -> str | list[Piece]:
        """As `call_tool`; a failure is told in the words that a model is told."""
        connection = await self._connected()
        return given(await connection.call(tool, dict(arguments or {})))

    async def info(self) -> McpServerInfo:
        """What it offers, or why it cannot; it is started if need be."""
        try:
            tools = await self.list_tools()
        except LlamaWorkerError as error:
            return McpServerInfo(self._name, problem=error.message)
        told = [McpTool(tool.name, printable(tool.description or ""), self._needs_approval(tool)) for tool in tools]
        return McpServerInfo(self._name, tuple(told), self._problem())

    def _problem(self) -> str | None:
        """With what is wrong with some of its tools."""
        left_out = self._connection.left_out if self._connection else []
        return f"Not as the protocol says, and left out: {', '.join(left_out)}." if left_out else None

    async def functions(self) -> list[FunctionDefinition]:
        """The tools as functions of a prompt."""
        return [
            definition_of(tool, self._called, needs_approval=self._needs_approval(tool))
            for tool in await self.list_tools()
        ]

    def _needs_approval(self, tool: Tool) -> bool:
        allow = self._options.allow
        return not allow if isinstance(allow, bool) else tool.name not in allow

    async def close(self) -> None:
        """End it, or leave it where it runs elsewhere. The next use starts it again."""
        connection, self._connection, self._tools = self._connection, None, None
        if connection is not None and not self._home.lost:
            await connection.close()
        self._home.leave()

    def _forget(self) -> None:
        """For a loop that has ended, which has taken the connection with it."""
        self._connection, self._tools, self._opening = None, None, asyncio.Lock()

    async def _connected(self) -> Connection:
        self._home.move_in(self._forget)
        async with self._opening:
            if self._connection is None or not self._connection.alive:
                self._tools = None
                connection = Connection(self._name, self._options, self._note_change)
                await connection.open()
                self._connection = connection
            return self._connection

    def _note_change(self) -> None:
        self._tools = None
