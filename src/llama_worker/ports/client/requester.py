"""The client's end of a port: sends requests in order and hands each its answers."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable

from ...errors import LlamaWorkerError, PortClosedError, WorkerClosedError
from ...messages import ErrorMessage, Failure, Incoming, LastMessage, Outgoing
from ...options.plain import MESSAGE_DEPTH, check_texts
from ..port import ClientPort
from .errors import rebuild_error

Watcher = Callable[[Outgoing], object]


class SentRequest:
    """A request that was sent. `end` gets its last message; what comes before goes to `watch`."""

    def __init__(self, id: str, watch: Watcher) -> None:
        self.id = id
        self.watch = watch
        self.end: asyncio.Future[Outgoing] = asyncio.get_running_loop().create_future()


def accepted(end: Outgoing) -> Outgoing:
    """A last message, unless it tells of an error: then raise that."""
    if isinstance(end, Failure):
        raise rebuild_error(end)
    return end


class Requester:
    """Requests over one port. It opens with the first request, and anew with the first after it was closed."""

    def __init__(self, port: ClientPort, on_message: Watcher, on_loss: Callable[[], object]) -> None:
        self._port = port
        self._on_message = on_message
        self._on_loss = on_loss
        self._sent: dict[str, SentRequest] = {}
        self._outbox: asyncio.Queue[Incoming] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def ask(self, make: Callable[..., Incoming], watch: Watcher = lambda _: None, id: str | None = None) -> SentRequest:
        """Send the request that `make(id=...)` makes. Requests go out in the order of these calls.

        Raises `InvalidOptionsError` for a text that no port can carry, `WorkerClosedError` from another event loop than
        that in which the port was opened.
        """
        if self.open and self._loop is not asyncio.get_running_loop():
            raise WorkerClosedError("The worker belongs to another event loop: use it there, or make a new one.")
        request = SentRequest(id or uuid.uuid4().hex, watch)
        message = make(id=request.id)
        check_texts(message, depth=MESSAGE_DEPTH)
        self._sent[request.id] = request
        self._open()
        self._outbox.put_nowait(message)
        return request

    def ask_later(self, make: Callable[..., Incoming]) -> None:
        """As `ask`, from a finalizer: whatever thread it runs in, and unless the port is closed by then."""
        if self.open and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ask_if_open, make)

    def _ask_if_open(self, make: Callable[..., Incoming]) -> None:
        if self.open:
            self.ask(make)

    @property
    def open(self) -> bool:
        """Whether anything was asked since the port was closed."""
        return bool(self._tasks)

    async def close(self) -> None:
        """Close the port; whoever still waits for an answer gets PortClosedError."""
        await self._port.close()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._lose("The port was closed.")

    def abandon(self) -> None:
        """As `close`, for when the event loop is gone in which the port was opened."""
        self._tasks = []
        self._sent = {}
        self._port.abandon()

    def _open(self) -> None:
        if not self._tasks:
            self._loop = asyncio.get_running_loop()
            self._outbox = asyncio.Queue()
            self._tasks = [asyncio.create_task(self._write()), asyncio.create_task(self._read())]

    async def _write(self) -> None:
        try:
            while True:
                await self._port.send(await self._outbox.get())
        except LlamaWorkerError as error:
            self._end(error.message)

    async def _read(self) -> None:
        try:
            async for message in self._port:
                self._take(message)
        except LlamaWorkerError as error:
            self._end(error.message)
        else:
            self._end("The worker's process has ended.")

    def _end(self, reason: str) -> None:
        """The port has ended by itself; the next request opens it anew."""
        if self._tasks:
            own = asyncio.current_task()
            for task in self._tasks:
                if task is not own:
                    task.cancel()
            self._tasks = []
            self._lose(reason)
            self._on_loss()

    def _take(self, message: Outgoing) -> None:
        request = self._sent.get(str(message.id))
        if request is not None:
            if isinstance(message, LastMessage):
                del self._sent[request.id]
                _settle(request, message)
            else:
                request.watch(message)
        self._on_message(message)

    def _lose(self, reason: str) -> None:
        lost, self._sent = self._sent, {}
        error = PortClosedError(reason)
        for request in lost.values():
            message = ErrorMessage(code=error.code, message=reason, error=reason)
            _settle(request, message)


def _settle(request: SentRequest, end: Outgoing) -> None:
    if not request.end.done():
        request.end.set_result(end)
