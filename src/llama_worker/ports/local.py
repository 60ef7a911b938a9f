"""The port within one process: messages pass as the objects they are, nothing is encoded."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any, Generic, TypeVar

from ..errors import PortClosedError
from ..messages import ErrorMessage, Incoming, Outgoing
from ..worker.operations.stream import Waiters
from .codec import convert_request

_PIPE_MESSAGES = 64
Sent = TypeVar("Sent")
Received = TypeVar("Received")


def local_ports() -> tuple[LocalPort[Incoming, Outgoing], LocalPort[Outgoing, Incoming | ErrorMessage]]:
    """A client's end and a worker's end. The client may also send plain dicts in the form of the protocol."""
    requests, replies = _Pipe(), _Pipe()
    return LocalPort(requests, replies), LocalPort(replies, requests, convert_request)


class LocalPort(Generic[Sent, Received]):
    """One end of a pair; see `local_ports`."""

    def __init__(self, outgoing: _Pipe, incoming: _Pipe, receive: Callable[[Any], Received] = lambda it: it) -> None:
        self._out = outgoing
        self._in = incoming
        self._receive = receive

    async def send(self, message: Sent) -> None:
        """Hand over a message and return when there is room; raises PortClosedError when the other end has left."""
        await self._out.put(message)

    async def __aiter__(self) -> AsyncIterator[Received]:
        while (message := await self._in.get()) is not None:
            yield self._receive(message)

    async def close(self) -> None:
        """Leave; the other end can still read what it was sent."""
        self._in.close()
        self._out.close()

    def abandon(self) -> None:
        """As `close`, for when the event loop is gone in which anybody could wait."""
        self._in.abandon()
        self._out.abandon()


class _Pipe:
    """One direction, with room for a few messages."""

    def __init__(self) -> None:
        self._messages: deque[Any] = deque()
        self._waiters = Waiters()
        self._closed = False

    async def put(self, message: Any) -> None:
        while len(self._messages) >= _PIPE_MESSAGES and not self._closed:
            await self._waiters.wait()
        if self._closed:
            raise PortClosedError("The other end of the port has left.")
        self._messages.append(message)
        self._waiters.wake()

    async def get(self) -> Any:
        """The next message; None when none will come."""
        while not self._messages:
            if self._closed:
                return None
            await self._waiters.wait()
        message = self._messages.popleft()
        self._waiters.wake()
        return message

    def close(self) -> None:
        self._closed = True
        self._waiters.wake()

    def abandon(self) -> None:
        self._closed = True
        self._waiters = Waiters()
