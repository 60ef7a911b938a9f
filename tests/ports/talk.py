"""A client that speaks plain JSON values, and the rules of the protocol that every conversation must keep."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from msgspec import to_builtins

from llama_worker.ports.port import ClientPort

TERMINAL = frozenset(
    {
        "error",
        "completion_done",
        "model_loaded",
        "context_created",
        "session_created",
        "model_unloaded",
        "download_complete",
        "download_error",
        "result",
    }
)

Json = dict[str, Any]


class Talk:
    """Sends dicts and remembers what came back."""

    def __init__(self, port: ClientPort) -> None:
        self._port = port
        self._news = asyncio.Event()
        self.heard: list[Json] = []
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._port:
            self.heard.append(to_builtins(message))
            self._news.set()

    async def send(self, type: str, **fields: Any) -> None:
        await self._port.send({"type": type, **fields})  # type: ignore[arg-type]

    async def until(self, condition: Callable[[Json], bool]) -> Json:
        """The first message, past or future, that fits."""
        async with asyncio.timeout(60):
            while not (found := [message for message in self.heard if condition(message)]):
                self._news.clear()
                await self._news.wait()
        return found[0]

    async def end_of(self, id: Any) -> Json:
        """The terminal message of a request."""
        return await self.until(lambda message: message.get("id") == id and message["type"] in TERMINAL)

    async def ask(self, type: str, *, id: Any, **fields: Any) -> Json:
        """Send a request and wait for its end."""
        await self.send(type, id=id, **fields)
        return await self.end_of(id)

    async def close(self) -> None:
        await self._port.close()
        await self._reading

    def about(self, id: Any) -> list[Json]:
        return [message for message in self.heard if message.get("id") == id]


def check_rules(heard: list[Json], asked: list[Any]) -> None:
    """One terminal message for each id, nothing after it, progress that grows and ends before it."""
    by_id: dict[Any, list[Json]] = defaultdict(list)
    for message in heard:
        if "id" in message:
            by_id[message["id"]].append(message)
    assert set(by_id) == set(asked)
    for messages in by_id.values():
        assert [message["type"] in TERMINAL for message in messages] == [False] * (len(messages) - 1) + [True]
        check_progress(messages)


def check_progress(messages: list[Json]) -> None:
    """Never falling, and 1.0 before a good end."""
    values = [message["progress"] for message in messages if "progress" in message]
    assert values == sorted(set(values))
    assert all(0.0 <= value <= 1.0 for value in values)
    good = messages[-1]["type"] not in {"error", "download_error"} and messages[-1].get("finishReason") != "abort"
    if values and good:
        assert values[-1] == 1.0
