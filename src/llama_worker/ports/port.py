"""What a message port is, whatever carries it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol, TypeAlias, TypeVar

from ..messages import ErrorMessage, Incoming, Outgoing

Sent = TypeVar("Sent", contravariant=True)
Received = TypeVar("Received", covariant=True)


class MessagePort(Protocol[Sent, Received]):
    """Carries messages both ways, in order. Iterate over it for what comes in; it ends when the other side has left."""

    async def send(self, message: Sent) -> None:
        """Send, and return when there is room for more, so that a slow reader slows whoever talks to it.

        Raises `PortClosedError` when the other side has left.
        """

    def __aiter__(self) -> AsyncIterator[Received]: ...

    async def close(self) -> None:
        """Leave; harmless when one has left already."""


# A message that could not be decoded arrives as the error that answers it.
WorkerPort: TypeAlias = MessagePort[Outgoing, Incoming | ErrorMessage]


class ClientPort(MessagePort[Incoming, Outgoing], Protocol):
    """The client's end of a port."""

    def abandon(self) -> None:
        """Leave from outside of the event loop in which the port was opened and which has ended; it can open again."""
