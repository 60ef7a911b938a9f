"""The process behind `llama-worker stdio`."""

from __future__ import annotations

import asyncio
import signal
import sys

from ...worker.worker import LlamaWorker
from .connection import Connection
from .stdio import StdioPort


def serve_stdio(input_fd: int, output_fd: int) -> int:
    """Serve until the input ends and everything asked is answered, or a signal comes; gives the exit code."""
    return asyncio.run(_serve(input_fd, output_fd))


async def _serve(input_fd: int, output_fd: int) -> int:
    stopped = _Stopped()
    port = StdioPort(input_fd, output_fd)
    async with LlamaWorker() as worker:
        serving = asyncio.create_task(Connection(worker, port).serve(finish=True))
        stop = asyncio.create_task(stopped.wait())
        await asyncio.wait([serving, stop], return_when=asyncio.FIRST_COMPLETED)
        serving.cancel()
        stop.cancel()
        await asyncio.gather(serving, stop, return_exceptions=True)
    return stopped.exit_code


class _Stopped:
    """SIGTERM and Ctrl-C end the process in good order: 128 and the signal's number, as shells count."""

    def __init__(self) -> None:
        self.exit_code = 0
        self._event = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            if sys.platform == "win32":
                signal.signal(number, lambda number, _: self._loop.call_soon_threadsafe(self._stop, number))
            else:
                self._loop.add_signal_handler(number, self._stop, number)

    def _stop(self, number: int) -> None:
        self.exit_code = 128 + number
        self._event.set()

    async def wait(self) -> None:
        await self._event.wait()
