"""What a scripted engine shows in place of a process: a number, a log, and an end."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable

from ...engine.devices.placement import PlacementReader
from ...engine.process.endpoint import Endpoint
from ...engine.process.log_tail import LogTail
from .connection import Answer, Connection, Request

# Above all that a system gives its processes, so that nobody who ends one by its number ends another's.
_numbers = itertools.count((1 << 30) + 1)


class HostedProcess:
    """As `engine/process/process.py` has one of a real process, for an engine that answers in this process."""

    def __init__(
        self,
        endpoint: Endpoint,
        on_line: Callable[[bytes], None],
        serve: Callable[[Request, Answer], Awaitable[None]],
    ) -> None:
        self._endpoint = endpoint
        self._on_line = on_line
        self._serve = serve
        self._connections: set[Connection] = set()
        self._starting: asyncio.Task[None] | None = None
        self.pid = next(_numbers)
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.log = LogTail()
        self.placement = PlacementReader()
        self.exit_code: int | None = None
        self.signal_name: str | None = None
        self.closed_output = False
        self.killed_for_memory = False

    @property
    def directory(self) -> str:
        return self._endpoint.directory

    def start(self, loading: Awaitable[None]) -> None:
        """Load, whatever that consists of."""
        self._starting = asyncio.ensure_future(loading)

    def say(self, state: str, **payload: object) -> None:
        """A state line, as llama-server prints them."""
        line = json.dumps({"state": state, "payload": payload})
        self._on_line(b"cmd_child_to_router:state:" + line.encode())

    def write_log(self, *lines: str) -> None:
        """Lines of its log."""
        for line in lines:
            self.log.feed(line.encode() + b"\n")

    def computes(self) -> bool:
        return False

    async def connect(self, protocol: asyncio.BufferedProtocol) -> None:
        if self.ended.done():
            raise ConnectionRefusedError("the fake engine has ended")
        self._connections = {one for one in self._connections if not one.is_closing()}
        self._connections.add(Connection(protocol, self._serve))

    def die(self, *, signal: str | None = None, exit_code: int | None = None) -> None:
        """End, as by that signal or with that code; every connection breaks."""
        if self.ended.done():
            return
        self.signal_name, self.exit_code = signal, exit_code
        self._endpoint.remove()
        if self.ended.get_loop().is_closed():
            return
        self.ended.set_result(None)
        if self._starting and self._starting is not asyncio.current_task():
            self._starting.cancel()
        for connection in self._connections:
            connection.tear(ConnectionResetError("the fake engine has ended"))

    async def stop(self) -> None:
        self.die(exit_code=0)

    async def kill(self) -> None:
        self.die(signal="SIGKILL")

    def end_now(self) -> None:
        self.die(signal="SIGKILL")
