"""`--mcp FILE` and `--mcp-allow NAME`: servers whose tools a model may call, and what of them needs no asking."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click
from msgspec import structs

from ..config.configuration import Configuration
from ..config.mcp_servers import read_mcp_servers
from ..errors import InvalidOptionsError
from ..errors.nearest import did_you_mean
from ..options import McpServerOptions

Function = TypeVar("Function", bound=Callable[..., Any])
Servers = dict[str, McpServerOptions]


def mcp_options(function: Function) -> Function:
    """The options themselves; the command gets `mcp_files` and `mcp_allowed`."""
    for option in (
        click.option(
            "--mcp-allow",
            "mcp_allowed",
            multiple=True,
            metavar="NAME",
            help="Call without asking: a server's tools, or SERVER/TOOL.",
        ),
        click.option(
            "--mcp",
            "mcp_files",
            multiple=True,
            metavar="FILE",
            help="MCP servers whose tools the model may call: a file with mcpServers.",
        ),
    ):
        function = option(function)
    return function


def chosen_servers(config: Configuration, files: Iterable[str], allowed: Iterable[str]) -> Servers:
    """Those of the configuration and of the files. Raises `ConfigurationError`, and `InvalidOptionsError` for a server
    that two have, or one that is allowed and not there."""
    servers = dict(config.worker.mcp_servers)
    for file in files:
        for name, server in read_mcp_servers(file).items():
            if name in servers:
                raise InvalidOptionsError(f"There are two MCP servers {name!r}: give one another name.", path="mcp")
            servers[name] = server
    for each in allowed:
        name, _, tool = each.partition("/")
        if name not in servers:
            hint = did_you_mean(name, servers)
            raise InvalidOptionsError(f"There is no MCP server {name!r} to allow{hint}.", path="mcp-allow")
        servers[name] = _allowing(servers[name], tool)
    return servers


def _allowing(server: McpServerOptions, tool: str) -> McpServerOptions:
    if not tool or server.allow is True:
        return structs.replace(server, allow=True)
    return structs.replace(server, allow=(*(server.allow or ()), tool))
