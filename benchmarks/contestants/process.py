"""A contestant's process, from its start to its end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.contestants.environments import REPOSITORY
from benchmarks.contestants.table import CONTESTANTS

_LAST_LINES = 20
_LARGEST_LINE = 1 << 24
_OF_THIS_PROGRAM = ("LLAMA_WORKER_ENGINE", "PYTHONDONTWRITEBYTECODE")


class ContestantError(Exception):
    """What a contestant said in place of an answer, or that it ended."""


class ContestantProcess:
    """`ask` sends one request and returns its answer; see `contestants/__init__.py` for both."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self.pid = process.pid
        self._process = process
        self._last = deque[str](maxlen=_LAST_LINES)
        self._killed = False
        self._reading = asyncio.create_task(self._read_errors())

    async def ask(self, do: str, *, limit: float = 120.0, **fields: Any) -> dict[str, Any]:
        """Raises `ContestantError` for an error, for a process that ends, and for one that is silent for `limit`
        seconds, which is ended: it would compute beside the others."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            if self._killed:
                raise ConnectionError  # what it had written before is no answer to this
            self._process.stdin.write(json.dumps({"do": do} | fields).encode() + b"\n")
            async with asyncio.timeout(limit):
                line = await self._process.stdout.readline()
        except ConnectionError:
            line = b""
        except TimeoutError:
            self._kill()
            raise ContestantError(f"{self.name} did not answer {do} within {limit:g} s.") from None
        if not line:
            self._kill()
            await self._reading
            raise ContestantError(f"{self.name} ended during {do}: {' / '.join(self._last)}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise ContestantError(f"{self.name}: {answer['error']}")
        return answer

    async def end(self) -> None:
        """By asking, else by force."""
        try:
            await self.ask("quit", limit=10.0)
            async with asyncio.timeout(10.0):
                await self._process.wait()
        except (ContestantError, TimeoutError):
            self._kill()
            await self._process.wait()
        await self._reading

    def _kill(self) -> None:
        """With all that it has started, which may hold its output open."""
        self._killed = True
        try:
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    async def _read_errors(self) -> None:
        assert self._process.stderr is not None
        while line := await self._process.stderr.readline():
            self._last.append(line.decode(errors="replace").rstrip())


@asynccontextmanager
async def running(name: str) -> AsyncIterator[ContestantProcess]:
    """The process of that contestant, which has loaded nothing yet. Raises `ContestantError` when it cannot run."""
    contestant = CONTESTANTS[name]
    if contestant.missing:
        raise ContestantError(contestant.missing)
    process = await asyncio.create_subprocess_exec(
        *contestant.command,
        cwd=REPOSITORY,
        env=environment() | dict(contestant.variables),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=_LARGEST_LINE,
        start_new_session=True,
    )
    started = ContestantProcess(name, process)
    try:
        yield started
    finally:
        await started.end()


def environment() -> dict[str, str]:
    """Ours, with the drivers importable, and without what would choose another engine or have this library compiled
    anew for each process, which an installed one is not."""
    inherited = {name: value for name, value in os.environ.items() if name not in _OF_THIS_PROGRAM}
    paths = [str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])]
    return inherited | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONWARNINGS": "ignore"}
