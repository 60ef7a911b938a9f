"""A loaded model's engine, for servers that speak its own dialects."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from ..engine.engine import Engine
from ..engine.supervisor import EngineSupervisor
from ..errors import OperationAborted
from .slot_queue import SlotQueue


class DirectAccess(ABC):
    """Requests to the engine as they are, in their turn of the fair queue."""

    def __init__(self, supervisor: EngineSupervisor) -> None:
        self._supervisor = supervisor
        self._queue = SlotQueue(supervisor.settings.sequences)
        self._turns: dict[asyncio.Timeout, asyncio.Future[None]] = {}

    @abstractmethod
    def _ensure_loaded(self) -> None:
        """Raise `ModelNotLoadedError` when the model was unloaded."""

    @property
    def public_name(self) -> str:
        """What the model is called towards others; no path."""
        return self._supervisor.settings.alias

    @property
    def waiting(self) -> int:
        """Requests that wait for a slot."""
        return self._queue.waiting

    @property
    def sequences(self) -> int:
        """Requests that are computed at once."""
        return self._supervisor.settings.sequences

    @property
    def pooling(self) -> str | None:
        """How the engine makes embeddings: "last" token, "model" (as its file says), "rank" (a reranker), or None."""
        return self._supervisor.settings.pooling

    @property
    def free_slots(self) -> int:
        """Requests that could be computed at once now."""
        return self._queue.free

    @asynccontextmanager
    async def stream_bytes(
        self, path: str, body: dict[str, Any], *, owner: Hashable
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """The engine's own answer to a request in a dialect it speaks, unread, in `owner`'s turn of the fair queue.

        Leaving the block aborts the work. For servers; raises what the engine raises.
        """
        async with self._turn(owner) as engine, engine.stream_bytes(path, body) as data:
            yield data

    async def call(self, path: str, body: dict[str, Any] | None = None, *, owner: Hashable | None = None) -> bytes:
        """The engine's whole answer to a request that generates nothing; without `owner` it waits for no turn."""
        async with self._turn(owner) as engine:
            return await engine.call(path, body)

    @asynccontextmanager
    async def _turn(self, owner: Hashable | None) -> AsyncIterator[Engine]:
        self._ensure_loaded()
        async with self._queue.slot(owner) if owner is not None else nullcontext():
            self._ensure_loaded()
            engine = await self._supervisor.engine()
            scope = asyncio.timeout(None)  # never by time: `_end_turns` ends it
            self._turns[scope] = asyncio.get_running_loop().create_future()
            try:
                async with scope:
                    yield engine
            except TimeoutError as error:
                if not scope.expired():
                    raise
                self._ensure_loaded()
                raise OperationAborted("The model was given another context meanwhile: ask again.") from error
            finally:
                self._turns.pop(scope).set_result(None)

    def _end_turns(self) -> None:
        """Abort the requests that run."""
        for scope in self._turns:
            scope.reschedule(0)

    async def _turns_ended(self) -> None:
        """Wait for the requests that were aborted, so that they end as that and not as a lost connection."""
        if self._turns:
            await asyncio.wait(self._turns.values())
