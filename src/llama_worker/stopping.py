"""How a process of its own learns that it is to end."""

from __future__ import annotations

import asyncio
import signal
import sys


class Stopped:
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
