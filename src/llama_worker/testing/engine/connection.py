"""A connection between two parts of one process, which looks like a socket to one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Request:
    """One HTTP request, as it was sent; `body` is empty for a GET."""

    def __init__(self, path: str, body: bytes) -> None:
        self.path = path
        self.body = body


class Answer:
    """Where the answer to one request is written."""

    def __init__(self, protocol: asyncio.BufferedProtocol, closed: Callable[[], bool]) -> None:
        self._protocol = protocol
        self._closed = closed
        self.begun = False
        self._readable = asyncio.Event()
        self._readable.set()

    def pause(self, paused: bool) -> None:
        """Whether the reader wants nothing more for now."""
        self._readable.clear() if paused else self._readable.set()

    async def whole(self, status: int, body: bytes) -> None:
        """All of it at once."""
        head = f"HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        await self._send(head.encode() + body)

    async def begin(self) -> None:
        """The head of an answer that is streamed, once."""
        if self.begun:
            return
        self.begun = True
        await self._send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")

    async def event(self, data: bytes) -> None:
        """One server-sent event."""
        event = b"data: " + data + b"\n\n"
        await self._send(f"{len(event):x}\r\n".encode() + event + b"\r\n")

    async def refuse(self, status: int, body: bytes) -> None:
        """An error: all that is answered, or an event where the answer has begun."""
        if not self.begun:
            await self.whole(status, body)
            return
        await self.event(body)
        await self.end()

    async def end(self) -> None:
        """No more events."""
        await self._send(b"0\r\n\r\n")

    async def _send(self, data: bytes) -> None:
        await self._readable.wait()
        while data and not self._closed():
            buffer = memoryview(self._protocol.get_buffer(len(data)))
            part, data = data[: len(buffer)], data[len(buffer) :]
            buffer[: len(part)] = part
            self._protocol.buffer_updated(len(part))
        await asyncio.sleep(0)  # so that it is read before more is written, and whoever reads may leave


class Connection(asyncio.Transport):
    """The transport of whoever asks. `serve` answers; it is cancelled when the connection is closed."""

    def __init__(self, protocol: asyncio.BufferedProtocol, serve: Callable[[Request, Answer], Awaitable[None]]) -> None:
        super().__init__()
        self._protocol = protocol
        self._serve = serve
        self._received = b""
        self._answer = Answer(protocol, self.is_closing)
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        protocol.connection_made(self)

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        self._received += bytes(data)
        if self._task is None and (request := _request_in(self._received)):
            self._task = asyncio.get_running_loop().create_task(self._run(request))

    def pause_reading(self) -> None:
        self._answer.pause(True)

    def resume_reading(self) -> None:
        self._answer.pause(False)

    def is_closing(self) -> bool:
        return self._closed

    def close(self) -> None:
        self.abort()

    def abort(self) -> None:
        if self._task:
            self._task.cancel()
        self.lose(None)

    def lose(self, error: Exception | None) -> None:
        """End it; whoever still reads is told of the `error`."""
        if not self._closed:
            self._closed = True
            self._protocol.connection_lost(error)

    def tear(self, error: Exception) -> None:
        """Break it: the answer goes no further."""
        self.lose(error)
        if self._task and self._task is not asyncio.current_task():
            self._task.cancel()

    async def _run(self, request: Request) -> None:
        try:
            await self._serve(request, self._answer)
        finally:
            self.lose(None)


def _request_in(data: bytes) -> Request | None:
    head, found, body = data.partition(_END_OF_HEAD)
    if not found:
        return None
    first, *lines = head.split(b"\r\n")
    length = next((int(line[len(_LENGTH) :]) for line in lines if line.lower().startswith(_LENGTH)), 0)
    return Request(first.split(b" ")[1].decode(), body) if len(body) >= length else None
