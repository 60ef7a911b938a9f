"""What is told of MCP servers."""

from __future__ import annotations

from msgspec import Struct


class McpTool(Struct, frozen=True, rename="camel"):
    """A tool of an MCP server, by the server's own name; one that needs no approval is called without asking."""

    name: str
    description: str
    needs_approval: bool


class McpServerInfo(Struct, frozen=True, rename="camel"):
    """An MCP server of the worker: its tools, and the problem that keeps it, or some of them, from being
    used."""

    name: str
    tools: tuple[McpTool, ...] = ()
    problem: str | None = None
