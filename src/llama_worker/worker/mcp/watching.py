"""What comes from an MCP server, looked at before the package `mcp` reads it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from ...errors.general import printable
from ...loggers import MCP

Streams = AbstractAsyncContextManager[Any]
_MOST_NAMED, _SHOWN = 20, 60


class Watch:
    """What is noticed: its end, of which `on_end` is told, and the tools that are left out, as one that is not as the
    protocol says would make the package refuse them all."""

    def __init__(self, server: str, on_end: Callable[[], None]) -> None:
        self._server = server
        self.on_end = on_end
        self.left_out: list[str] = []

    def leave_out(self, tools: list[Any]) -> None:
        """Note the names of tools, for people."""
        new = [name for name in dict.fromkeys(map(_name, tools)) if name not in self.left_out]
        self.left_out += new[:_MOST_NAMED]
        MCP.warning("mcp server %s: %d tools left out, not as the protocol says", self._server, len(tools))


@asynccontextmanager
async def watched(streams: Streams, watch: Watch) -> AsyncIterator[Any]:
    """The same streams, without what `watch` is told to leave out."""
    async with streams as (reading, writing):
        yield _Watched(reading, watch), writing


class _Watched:
    """A stream of messages that tells of its end, and of what it has left out."""

    def __init__(self, stream: Any, watch: Watch) -> None:
        self._stream, self._watch = stream, watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __aiter__(self) -> _Watched:
        return self

    async def __anext__(self) -> Any:
        try:
            return self._looked_at(await self._stream.__anext__())
        except StopAsyncIteration:
            self._watch.on_end()
            raise

    async def receive(self) -> Any:
        return self._looked_at(await self._stream.receive())

    def _looked_at(self, item: Any) -> Any:
        result = getattr(getattr(item, "message", None), "result", None)
        if isinstance(result, dict) and isinstance(result.get("tools"), list):
            sound = [tool for tool in result["tools"] if _is_sound(tool)]
            if len(sound) < len(result["tools"]):
                self._watch.leave_out([tool for tool in result["tools"] if tool not in sound])
                result["tools"] = sound
        return item

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def __aenter__(self) -> _Watched:
        await self._stream.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> Any:
        return await self._stream.__aexit__(*error)


def _is_sound(tool: Any) -> bool:
    from mcp.types import Tool

    try:
        read = Tool.model_validate(tool)
    except ValueError:
        return False
    schema = read.input_schema
    names = schema.get("required", [])
    described = isinstance(schema.get("properties", {}), dict) and isinstance(names, list)
    return (
        bool(read.name)
        and schema.get("type") == "object"
        and described
        and all(isinstance(each, str) for each in names)
    )


def _name(tool: Any) -> str:
    name = tool.get("name") if isinstance(tool, dict) else None
    return repr(printable(name))[:_SHOWN] if isinstance(name, str) and name else "one without a name"
