"""What an MCP server writes to its standard error: its last lines, for errors that tell of its end."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from ...engine.process.log_tail import LogTail
from .child import ENDED

_LINES = 50
_PATIENCE = 1.0  # seconds


class StandardError:
    """The lines so far. They may hold anything, secrets too, and go to no log."""

    def __init__(self) -> None:
        self._tail = LogTail(_LINES)
        self._read_all = threading.Event()
        self._read_all.set()

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line for line in self._tail.last(None) if not line.startswith(ENDED))

    @property
    def end(self) -> str:
        """How the command ended, as "exit code 3"; empty while it runs, and where nobody tells."""
        return next((line.removeprefix(ENDED) for line in self._tail.last() if line.startswith(ENDED)), "")

    @contextmanager
    def written(self) -> Iterator[TextIO]:
        """A file for the server to write to; a thread reads it until all that have it are gone."""
        reading, writing = os.pipe()
        self._read_all.clear()
        threading.Thread(target=self._read, args=(reading,), name="mcp stderr", daemon=True).start()
        with os.fdopen(writing, "w") as file:
            yield file

    def wait(self) -> None:
        """Return when all is read that was written, or soon: somebody whom the server has left behind may go on."""
        self._read_all.wait(_PATIENCE)

    def _read(self, fd: int) -> None:
        try:
            while data := os.read(fd, 65536):
                self._tail.feed(data)
        finally:
            os.close(fd)
            self._tail.close()
            self._read_all.set()
