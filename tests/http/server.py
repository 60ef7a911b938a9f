"""A real server on a real socket, and a client that may behave as badly as a test wants."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from starlette.types import ASGIApp

from llama_worker.http.serving.server import create_server, listen
from llama_worker.options.server import ServerOptions


class Address:
    """Where a test's server listens."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"


@asynccontextmanager
async def serving(app: ASGIApp, options: ServerOptions | None = None) -> AsyncIterator[Address]:
    """Serve `app` with the server that users get; `options` are those that its connections keep to."""
    server = create_server(app, options or ServerOptions())
    listener = listen("127.0.0.1", 0, has_key=False)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        yield Address(listener.getsockname()[1])
    finally:
        server.force_exit = True
        task.cancel()  # it looks only ten times a second whether it should end
        await asyncio.wait([task])
        await server.shutdown(sockets=[listener])


class Response:
    """A whole answer."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def json(self) -> Any:
        return json.loads(self.body)


class RawClient:
    """One connection, byte by byte; `leave` drops it as a process that dies does."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, address: Address) -> Self:
        return cls(*await asyncio.open_connection("127.0.0.1", address.port, limit=1 << 24))

    @classmethod
    async def connect_unread(cls, address: Address) -> Self:
        """One that reads nothing until `read_on`, and whose system takes little for it in the meantime."""
        unread = socket.socket()
        unread.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        unread.setblocking(False)
        await asyncio.get_running_loop().sock_connect(unread, ("127.0.0.1", address.port))
        client = cls(*await asyncio.open_connection(sock=unread, limit=4096))
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        return client

    def read_on(self) -> None:
        self.writer.transport.resume_reading()  # type: ignore[attr-defined]

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> None:
        await self.send(request("POST", path, body, headers))

    async def until(self, mark: bytes) -> bytes:
        return await self.reader.readuntil(mark)

    def leave(self) -> None:
        self.writer.transport.abort()


def request(method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> bytes:
    """A request as bytes; `headers` replace or, with an empty value, remove the usual ones."""
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    usual = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": str(len(data))}
    lines = [f"{name}: {value}" for name, value in (usual | (headers or {})).items() if value]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "Connection: close", "", ""]).encode() + data


async def fetch(
    address: Address, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> Response:
    """One request on a connection of its own."""
    return await exchange(address, request(method, path, body, headers))


async def exchange(address: Address, data: bytes) -> Response:
    """Send bytes and read the answer to its end."""
    client = await RawClient.connect(address)
    await client.send(data)
    try:
        return parse(await client.reader.read())
    finally:
        client.leave()


def parse(data: bytes) -> Response:
    head, _, body = data.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        body = _joined(body)
    return Response(int(status.split()[1]), headers, body)


def _joined(body: bytes) -> bytes:
    """The content of chunks; an answer that broke off raises ValueError."""
    content = b""
    while True:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            return content
        content, body = content + body[:length], body[length + 2 :]


def events(body: bytes) -> list[Any]:
    """The JSON texts of a stream's events, without the end mark."""
    lines = [line[6:] for line in body.split(b"\n") if line.startswith(b"data: ")]
    return [json.loads(line) for line in lines if line != b"[DONE]"]
