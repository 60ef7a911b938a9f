"""A port to a worker in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from ...messages import Incoming, Outgoing
from ...worker.worker import LlamaWorker
from ..local import local_ports
from ..port import ClientPort
from ..server.connection import Connection


def in_process_port(worker: LlamaWorker, *, shared: bool = False) -> ClientPort:
    """A port to `worker`. `shared`: others use it too, so `cleanup` ends only what came over this port."""
    return InProcessPort(worker, shared)


class InProcessPort:
    """See `in_process_port`. Its connection begins with the first request."""

    def __init__(self, worker: LlamaWorker, shared: bool) -> None:
        self._worker = worker
        self._shared = shared
        self._client: ClientPort | None = None
        self._serving: asyncio.Task[None] | None = None

    async def send(self, message: Incoming) -> None:
        """Hand over a message, and return when there is room for more."""
        await self._opened().send(message)

    def __aiter__(self) -> AsyncIterator[Outgoing]:
        return self._opened().__aiter__()

    async def close(self) -> None:
        """Abort what was asked over this port."""
        client, serving = self._client, self._serving
        self._client = self._serving = None
        if client is not None and serving is not None:
            await client.close()
            await serving

    def abandon(self) -> None:
        """As `close`, for when the event loop is gone in which it was opened; the worker does the same for itself."""
        self._client = self._serving = None

    def _opened(self) -> ClientPort:
        if self._client is None:
            self._client, server = local_ports()
            self._serving = asyncio.create_task(Connection(self._worker, server, shared=self._shared).serve())
        return self._client
