"""What is written to standard output, whatever that is and however slowly it is read."""

from __future__ import annotations

import asyncio
import os
import select
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from llama_worker.errors import PortClosedError
from llama_worker.messages import Info
from llama_worker.ports.server.stdio import StdioPort

Ends = Callable[[], tuple[int, int]]
COUNT = 3000
SENT = [Info(message=f"{number}".ljust(number % 700)) for number in range(COUNT)]


def of_sockets() -> tuple[int, int]:
    one, other = socket.socketpair()
    return one.detach(), other.detach()


def port_to(output: int) -> StdioPort:
    """With an input that has ended."""
    asked, ask = os.pipe()
    os.close(ask)
    return StdioPort(asked, output)


def lines_of(data: bytes) -> list[bytes]:
    return [line.split(b'"')[-2].rstrip() for line in data.splitlines()]


@pytest.mark.parametrize("ends", [os.pipe, of_sockets])
async def test_lines_keep_their_order_when_they_are_read_late(ends: Ends) -> None:
    """The first go out at once, the next wait for room, and the last find it again."""
    read, write = ends()
    port = port_to(write)
    sending = asyncio.create_task(_send_all(port))
    while select.select([], [write], [], 0)[1]:
        await asyncio.sleep(0)
    data = await asyncio.to_thread(_read_lines, read, COUNT)
    await sending
    await port.send(SENT[1])
    assert lines_of(data) == [b"%d" % number for number in range(COUNT)]
    assert lines_of(await asyncio.to_thread(_read_lines, read, 1)) == [b"1"]
    await port.close()
    os.close(read)
    os.close(write)


async def test_a_line_to_a_pipe_with_room_is_there_at_once() -> None:
    read, write = os.pipe()
    os.set_blocking(read, False)
    port = port_to(write)
    await port.send(SENT[7])
    assert lines_of(os.read(read, 65536)) == [b"7"]
    await port.close()
    os.close(read)
    os.close(write)


async def test_a_file_has_every_line(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as out:
        port = port_to(out.fileno())
        await _send_all(port)
        await port.close()
    assert lines_of((tmp_path / "out").read_bytes()) == [b"%d" % number for number in range(COUNT)]


@pytest.mark.parametrize("ends", [os.pipe, of_sockets])
async def test_a_reader_who_has_left_is_noticed(ends: Ends) -> None:
    read, write = ends()
    port = port_to(write)
    os.close(read)
    with pytest.raises(PortClosedError):
        await _send_all(port)
    os.close(write)


async def _send_all(port: StdioPort) -> None:
    for message in SENT:
        await port.send(message)


def _read_lines(fd: int, count: int) -> bytes:
    assert threading.current_thread() is not threading.main_thread()
    data = b""
    while data.count(b"\n") < count:
        data += os.read(fd, 65536)
    return data
