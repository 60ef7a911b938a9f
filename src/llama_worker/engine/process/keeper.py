"""The threads behind an engine process: one starts it and stays until it is gone, two read what it prints.

Not asyncio's subprocesses: on Linux a child is told to end with the *thread* that started it (`child.py`), which for
them is whichever runs the event loop then.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import IO, NamedTuple

_READ_SIZE = 65536
_GRACE = 2.0


class Attendant(NamedTuple):
    """Who hears of a process, called in threads: `on_end` once, after the last output. `told` is written to its
    standard input."""

    on_output: Callable[[bytes], None]
    on_log: Callable[[bytes], None]
    on_end: Callable[[], object]
    told: bytes = b""


class Keeper:
    """A child process that is being started. What it prints stays in its pipes until somebody attends to it."""

    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        self._owner = os.getpid()
        self._gone = threading.Event()
        self._attendant: Future[Attendant] = Future()
        self._started: Future[subprocess.Popen[bytes]] = Future()
        self.closed_output = False
        # A daemon, as it must not keep a program from ending that never cleans up.
        threading.Thread(target=self._keep, args=(arguments, environment), daemon=True).start()

    def attend(self, attendant: Attendant) -> None:
        """Once, as soon as the process has started. Raises OSError when it could not be."""
        self._started.result()
        self._attendant.set_result(attendant)

    def give_up(self) -> None:
        """End a process that nobody attends to."""
        with contextlib.suppress(OSError):
            self.attend(Attendant(on_output=_ignore, on_log=_ignore, on_end=lambda: None))
            self.kill()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """As of `Popen`: None while it runs, negative after a signal."""
        return self._process.returncode

    @property
    def _process(self) -> subprocess.Popen[bytes]:
        return self._started.result()

    def close_input(self) -> None:
        """Tell the process that nobody needs it any more."""
        if self._started.done() and (stdin := self._process.stdin):
            stdin.close()

    def kill(self) -> None:
        """End it now; harmless when it is gone, and in a forked copy of the program, whose process it is not."""
        if self._owner == os.getpid() and not self._gone.is_set():
            with contextlib.suppress(OSError):
                self._process.kill()

    def wait(self, timeout: float) -> bool:
        """Wait until it is gone; whether it is."""
        return self._gone.wait(timeout)

    def _keep(self, arguments: list[str], environment: dict[str, str]) -> None:
        try:
            process = _spawn(arguments, environment)
        except BaseException as error:
            self._started.set_exception(error)
            return
        self._started.set_result(process)
        attendant = self._attendant.result()
        readers = [
            threading.Thread(target=read, args=(stream, take), daemon=True)
            for read, stream, take in (
                (self._read_output, process.stdout, attendant.on_output),
                (_read, process.stderr, attendant.on_log),
            )
        ]
        for reader in readers:
            reader.start()
        _write(process, attendant.told)
        process.wait()
        self._gone.set()
        for reader in readers:
            reader.join(_GRACE)  # what the process itself started may still hold its pipes
        self.close_input()
        attendant.on_end()

    def _read_output(self, stream: IO[bytes], take: Callable[[bytes], None]) -> None:
        """A process that closes its output is beyond our control, so it is ended."""
        _read(stream, take)
        if not self._gone.wait(_GRACE):
            self.closed_output = True
            self.kill()


def _spawn(arguments: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        arguments,
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        # Ctrl-C in the terminal is for the program, not for its engine.
        start_new_session=sys.platform != "win32",
    )


def _read(stream: IO[bytes], take: Callable[[bytes], None]) -> None:
    with stream:
        while data := stream.read(_READ_SIZE):
            take(data)


def _write(process: subprocess.Popen[bytes], text: bytes) -> None:
    """One that is gone already, or is told so meanwhile, says why in its own way."""
    rest = memoryview(text)
    with contextlib.suppress(OSError, ValueError):
        while rest and process.stdin:
            rest = rest[process.stdin.write(rest) :]


def _ignore(data: bytes) -> None:
    pass
