"""The MCP servers of a worker: those of its options by name, and those that prompts brought along."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ...errors import InvalidOptionsError
from ...errors.nearest import did_you_mean
from ...messages.mcp import McpServerInfo
from ...options import McpServerOptions

if TYPE_CHECKING:
    from ..generation.prompt_arguments import PromptArguments
    from ..tools.functions import FunctionSource
    from .server import McpServer


class McpServers:
    """Ends what nobody else does."""

    def __init__(self) -> None:
        self._named: dict[str, McpServer] = {}
        self._others: set[FunctionSource] = set()

    async def configure(self, options: Mapping[str, McpServerOptions]) -> None:
        """Those of the worker's options; one that is said to be another now is ended."""
        before = self._named
        if not options and not before:
            return
        from .server import McpServer  # with the first server, as few programs have one

        kept = {name: server for name, server in before.items() if options.get(name) == server.options}
        self._named = {name: kept.get(name) or McpServer.of(name, said) for name, said in options.items()}
        await _closed([server for name, server in before.items() if name not in kept])

    async def infos(self) -> list[McpServerInfo]:
        """Those of the options, with what they offer; they are started if need be."""
        return list(await asyncio.gather(*(server.info() for server in self._named.values())))

    async def opened(self, arguments: PromptArguments) -> PromptArguments:
        """With the functions of all that a prompt names, which are started if need be.

        Raises `InvalidOptionsError` for a name that is none, `McpServerError` and `MissingPackageError`.
        """
        if not arguments.sources and not arguments.options.mcp:
            return arguments
        sources = [*arguments.sources, *self._asked(arguments.options.mcp)]
        self._others |= {source for source in arguments.sources if not source.held}
        offered = await asyncio.gather(*(source.functions() for source in sources))
        from ..tools.functions import read_functions  # as late as its model
        from .tools import apart

        own = arguments.functions or {}
        found = apart(own, [(source.name, given) for source, given in zip(sources, offered, strict=True)])
        return arguments.offering({**own, **read_functions(found)})

    def _asked(self, names: bool | Sequence[str]) -> list[McpServer]:
        if isinstance(names, bool):
            return list(self._named.values()) if names else []
        for name in names:
            if name not in self._named:
                hint = did_you_mean(name, self._named)
                raise InvalidOptionsError(f"This worker has no MCP server {name!r}{hint}.", path="mcp")
        return [self._named[name] for name in dict.fromkeys(names)]

    async def close(self) -> None:
        """End them all, each as far as nobody holds it; those of the options can be used again."""
        others, self._others = self._others, set()
        await _closed([*self._named.values(), *(other for other in others if not other.held)])

    def abandon(self) -> None:
        """The event loop is gone in which they were used, and they with it."""
        self._others = set()


async def _closed(servers: Sequence[FunctionSource]) -> None:
    await asyncio.gather(*(server.close() for server in servers))
