"""A chat service for one machine, in place of Discord: channels, users, and messages that can be edited.

`python local_chat.py serve`
`python local_chat.py talk NAME [CHANNEL]`

Lines of JSON over TCP. `Client` gives messages in the shape of discord.py's, as far as the bot needs it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

PORT = 6673


class Server:
    """Tells everybody everything: what was said, in which channel, and what became of it."""

    def __init__(self) -> None:
        self._writers: set[asyncio.StreamWriter] = set()
        self._last_id = 0

    async def start(self, port: int = PORT) -> asyncio.Server:
        return await asyncio.start_server(self._serve, "127.0.0.1", port)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while line := await reader.readline():
                said = json.loads(line)
                if "id" not in said:
                    self._last_id += 1
                    said["id"] = self._last_id
                data = json.dumps(said).encode() + b"\n"
                for one in self._writers:
                    one.write(data)
        finally:
            self._writers.discard(writer)
            writer.close()


@dataclass(frozen=True)
class Author:
    id: str

    @property
    def display_name(self) -> str:
        return self.id


@dataclass(frozen=True)
class Channel:
    client: Client = field(repr=False)
    id: str

    async def send(self, content: str) -> Message:
        return await self.client.send(self, content)


@dataclass(frozen=True)
class Message:
    id: int
    content: str
    author: Author
    channel: Channel

    async def edit(self, *, content: str) -> None:
        await self.channel.client.write(id=self.id, channel=self.channel.id, content=content)


class Client:
    """A user. Iterate over it for what is said; what is edited goes to `on_edit`."""

    def __init__(self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.name = name
        self._reader, self._writer = reader, writer
        self._mine: asyncio.Queue[Message] = asyncio.Queue()  # our own messages, as the service has numbered them
        self._said: asyncio.Queue[Message | None] = asyncio.Queue()
        self._sending = asyncio.Lock()
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def connect(cls, name: str, port: int = PORT) -> Client:
        return cls(name, *await asyncio.open_connection("127.0.0.1", port))

    async def send(self, channel: Channel, content: str) -> Message:
        async with self._sending:  # so that the next message of ours is this one
            await self.write(channel=channel.id, content=content)
            return await self._mine.get()

    async def write(self, **fields: Any) -> None:
        self._writer.write(json.dumps({"author": self.name} | fields).encode() + b"\n")
        await self._writer.drain()

    async def __aiter__(self) -> AsyncIterator[Message]:
        while (message := await self._said.get()) is not None:
            yield message

    async def close(self) -> None:
        self._reading.cancel()
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()

    async def _read(self) -> None:
        numbers: set[int] = set()
        while line := await self._reader.readline():
            said = json.loads(line)
            message = Message(said["id"], said["content"], Author(said["author"]), Channel(self, said["channel"]))
            if said["id"] not in numbers and said["author"] == self.name:
                self._mine.put_nowait(message)
            numbers.add(said["id"])
            self._said.put_nowait(message)
        self._said.put_nowait(None)


async def talk(name: str, channel: str = "general") -> None:
    """Somebody at a terminal: lines go out, and what others say comes in; an edit replaces the line it is of."""
    client = await Client.connect(name)
    listening = asyncio.create_task(_listen(client, channel))
    while line := await asyncio.to_thread(sys.stdin.readline):
        await client.send(Channel(client, channel), line.strip())
    listening.cancel()
    await client.close()


async def _listen(client: Client, channel: str) -> None:
    last = 0
    async for message in client:
        if message.channel.id == channel and message.author.id != client.name:
            before = "\r\033[K" if message.id == last else "\n"
            print(f"{before}{message.author.id}: {message.content}", end="", flush=True)
            last = message.id


async def serve() -> None:
    async with await Server().start() as server:
        await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve() if sys.argv[1:] == ["serve"] else talk(*sys.argv[2:4]))
