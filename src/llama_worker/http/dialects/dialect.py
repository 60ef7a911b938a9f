"""What the generating endpoints need of a dialect."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Protocol

from ..problems import Problem


class Exchange(Protocol):
    """One request of a dialect: what the engine is asked, and how its answer reads.

    `path` and `body` are the engine's; `body` is always sent as a stream, because only a stream can be cancelled.
    `fields` are those of a request that are read.
    """

    fields: tuple[str, ...]
    path: str
    body: dict[str, Any]
    stream: bool

    def events(self, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The engine's stream as the client's."""

    async def whole(self, data: AsyncIterator[bytes]) -> dict[str, Any] | list[dict[str, Any]]:
        """The engine's stream as one answer."""

    def problem(self, problem: Problem) -> bytes:
        """An error in the middle of a stream, as an event."""
