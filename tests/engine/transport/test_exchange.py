"""Answers of engines that behave badly on their connection."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from llama_worker.engine.api.client import EngineClient
from llama_worker.engine.process.connecting import connect
from llama_worker.engine.process.endpoint import Endpoint
from llama_worker.engine.transport.exchange import EngineConnectionLost

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@asynccontextmanager
async def client_of(answer: Answer, folder: Path, stall: float = 60.0) -> AsyncIterator[EngineClient]:
    """A client of an engine that answers so."""

    serving: list[asyncio.Future[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await answer(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.ensure_future(serve(reader, writer)))

    path = str(folder / "engine.sock")
    client = EngineClient(partial(connect, Endpoint(directory=str(folder), socket_path=path)), "", stall)
    async with await asyncio.start_unix_server(begin, path):
        yield client
        await client.close()
        await asyncio.gather(*serving)


async def test_an_answer_that_breaks_off_is_no_answer(tmp_path: Path) -> None:
    async def breaks_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + b"5\r\nab")

    async with client_of(breaks_off, tmp_path) as client:
        with pytest.raises(EngineConnectionLost, match="broke off"):
            await client.request("/slots")


async def test_what_is_no_http_is_no_answer(tmp_path: Path) -> None:
    async def babbles(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello\r\n\r\n")
        await reader.read()

    async with client_of(babbles, tmp_path) as client:
        with pytest.raises(EngineConnectionLost, match="HTTP"):
            await client.request("/slots")


async def test_an_engine_that_takes_no_body_is_given_up(tmp_path: Path) -> None:
    path = str(tmp_path / "engine.sock")
    with socket.socket(socket.AF_UNIX) as never_read:
        never_read.bind(path)
        never_read.listen()
        client = EngineClient(partial(connect, Endpoint(directory=str(tmp_path), socket_path=path)), "", 0.3)
        with pytest.raises(EngineConnectionLost, match="takes no request"):
            await client.request("/completion", {"prompt": "x" * (1 << 24)})


async def test_a_large_body_arrives_whole(tmp_path: Path) -> None:
    async def echoes_length(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        said = b"%d %d" % (len(body), body.count(b"x"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(said), said))

    async with client_of(echoes_length, tmp_path) as client:
        said = await client.request("/completion", {"prompt": "x" * (1 << 22)})
        assert said == b"%d %d" % ((1 << 22) + len('{"prompt":""}'), 1 << 22)


async def test_what_nobody_reads_stays_with_the_engine(tmp_path: Path) -> None:
    """The reader is slow, which is no reason to give the engine up, and no reason to keep all it says in memory."""
    piece, count = b"data: " + b"x" * 1000 + b"\n\n", 4000
    written, blocked = 0, asyncio.Event()

    async def floods(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        sock: socket.socket = writer.get_extra_info("socket")
        assert sock is not None
        writer.transport.set_write_buffer_limits(0)
        writer.write(HEAD)
        for _ in range(count):
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            written += len(piece)
            waiting = asyncio.get_running_loop().call_later(0.1, blocked.set)
            await writer.drain()
            waiting.cancel()
        writer.write(b"0\r\n\r\n")

    async with client_of(floods, tmp_path, stall=0.2) as client, client.stream("/completion", {}) as events:
        first = await anext(events)
        await blocked.wait()
        assert written < 2 << 20
        assert len(first) == 1000
        assert len([event async for event in events]) == count - 1


async def test_closing_ends_those_who_read(tmp_path: Path) -> None:
    async def falls_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"7\r\ndata: 1\r\n2\r\n\n\n\r\n")
        await reader.read()

    async with client_of(falls_silent, tmp_path) as client:
        async with client.stream("/completion", {}) as events:
            assert await anext(events) == b"1"
            reading = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0)
            await client.close()
            with pytest.raises(EngineConnectionLost, match="closed"):
                await reading
        with pytest.raises(EngineConnectionLost, match="closed"):
            await client.request("/slots")


async def test_events_are_passed_on_until_one_is_enough(tmp_path: Path) -> None:
    """What follows it is there for the next time, however it came."""
    go_on = asyncio.Event()

    async def counts(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"1b\r\ndata: 1\n\ndata: 2\n\ndata: 3\n\n\r\n")
        await go_on.wait()
        for byte in b"12\r\ndata: 4\n\ndata: 5\n\n\r\n0\r\n\r\n":
            writer.write(bytes([byte]))
            await asyncio.sleep(0)

    seen: list[bytes] = []

    def take(event: bytes) -> bool:
        seen.append(event)
        if event == b"3":
            go_on.set()
        return event in b"24"

    async with client_of(counts, tmp_path) as client, client.stream("/completion", {}) as events:
        assert await events.until(take)
        assert seen == [b"1", b"2"]
        assert await events.until(take)
        assert not await events.until(take)
        assert seen == [b"1", b"2", b"3", b"4", b"5"]
        assert not await events.until(take)


async def test_what_fails_with_an_event_fails_for_who_waits(tmp_path: Path) -> None:
    left = asyncio.Event()

    async def says_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD)
        await writer.drain()
        writer.write(b"9\r\ndata: 1\n\n\r\n")
        await reader.read()
        left.set()

    def fail(event: bytes) -> bool:
        raise KeyError(event)

    async with client_of(says_one, tmp_path) as client:
        with pytest.raises(KeyError, match="1"):
            async with client.stream("/completion", {}) as events:
                await events.until(fail)
        await left.wait()


async def test_an_engine_that_says_nothing_more_is_given_up(tmp_path: Path) -> None:
    """However much it said before, and though its other thread says that the connection is there."""

    async def falls_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"9\r\ndata: 1\n\n\r\n")
        while not reader.at_eof():
            writer.write(b"3\r\n:\n\n\r\n")
            with suppress(TimeoutError):
                async with asyncio.timeout(0.05):
                    await reader.read(1)

    async with client_of(falls_silent, tmp_path, stall=0.3) as client:
        with pytest.raises(EngineConnectionLost, match="silent"):
            async with client.stream("/completion", {}) as events:
                await events.until(lambda event: False)
