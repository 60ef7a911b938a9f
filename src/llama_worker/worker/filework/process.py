"""A process for file work, seen from the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from signal import Signals

from msgspec import MsgspecError, json

from ...ending import to_the_end
from ...engine.process.calling import inherited_environment
from ...engine.process.frozen import FILE_WORK_ARGUMENT, child_command
from ...engine.process.keeper import Attendant, Keeper
from ...engine.process.log_tail import LogTail
from ...errors import FileWorkError, LlamaWorkerError
from ...errors.rebuilding import rebuild
from ...messages.events import Processing
from ...models.filework.task import Finished
from .told import Ended, Failed, Order, Said


class FileWorkProcess:
    """One order, given to a process of its own. Raises OSError when it cannot be started."""

    def __init__(self, order: Order, report: Callable[[Processing], object]) -> None:
        self._report = report
        self._loop = asyncio.get_running_loop()
        self._gone = asyncio.Event()
        self._rest = b""
        self._end: Ended | Failed | None = None
        self._log = LogTail()
        self._keeper = Keeper(child_command(FILE_WORK_ARGUMENT), inherited_environment())
        told = json.encode(order) + b"\n"
        self._keeper.attend(
            Attendant(self._take, self._log.feed, on_end=lambda: self._in_loop(self._gone.set), told=told)
        )

    async def finished(self) -> Finished:
        """Wait for its end; being cancelled kills it. Raises the error that it ended with."""
        try:
            await self._gone.wait()
        finally:
            self._keeper.kill()
            await to_the_end(self._until_gone())
        match self._end:
            case Ended(finished=finished):
                return finished
            case Failed(code=code, message=message, details=details):
                raise rebuild(code, message, details)
        raise self._died()

    async def _until_gone(self) -> None:
        await self._gone.wait()

    def _died(self) -> LlamaWorkerError:
        self._log.close()
        code = self._keeper.returncode or 0
        how = f"was killed by {_signal_name(-code)}" if code < 0 else f"ended with code {code}"
        cause = self._log.last(1)
        said = f", having said: {cause[0]}" if cause else ""
        return FileWorkError(
            f"The process for this work {how}{said}; what it wrote stays, begin again.", reason="killed"
        )

    def _take(self, data: bytes) -> None:
        """Called in a thread."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._in_loop(self._take_line, line)

    def _take_line(self, line: bytes) -> None:
        try:
            said = json.decode(line, type=Said)
        except MsgspecError:
            return  # a library that prints
        if isinstance(said, Processing):
            self._report(said)
        else:
            self._end = said

    def _in_loop(self, callback: Callable[..., object], *arguments: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback, *arguments)


def _signal_name(number: int) -> str:
    try:
        return Signals(number).name
    except ValueError:
        return f"signal {number}"
