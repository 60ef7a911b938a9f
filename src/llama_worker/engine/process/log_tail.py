"""The last lines that an engine wrote to stderr, in bounded memory."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable

_LONGEST_LINE = 2000
# llama.cpp's log lines: "0.00.097.705 E srv    load_model: failed..."; the letter is the level.
_LEVEL = re.compile(r"^[\d.]+ (?P<level>[A-Z]) (?P<text>.*)$")
_LOOKS_LIKE_CAUSE = re.compile(
    r"error|fail|invalid|unable|unknown|assert|abort|terminate|corrupt|not found", re.IGNORECASE
)


class LogTail:
    """Keeps the last `lines` lines, each cut at 2000 characters. One thread feeds it, others read.

    `on_line` is told of every line, in the thread that feeds.
    """

    def __init__(self, lines: int = 200, on_line: Callable[[str], None] = lambda _: None) -> None:
        self._lock = threading.Lock()
        self._lines: deque[str] = deque(maxlen=lines)
        self._rest = b""
        self._on_line = on_line

    def feed(self, data: bytes) -> None:
        """Take bytes as they come from the pipe."""
        *complete, rest = (self._rest + data).split(b"\n")
        for line in complete:
            self._append(line)
        if len(rest) > _LONGEST_LINE:
            self._append(rest)
            rest = b""
        self._rest = rest

    def close(self) -> None:
        """No more bytes will come: a last line without its newline counts too."""
        if self._rest:
            self._append(self._rest)
            self._rest = b""

    def _append(self, line: bytes) -> None:
        text = line[:_LONGEST_LINE].decode(errors="replace").rstrip()
        if text:
            with self._lock:
                self._lines.append(text)
            self._on_line(text)

    def last(self, count: int | None = 20) -> tuple[str, ...]:
        """So many of the last lines, or all that are kept."""
        with self._lock:
            lines = tuple(self._lines)
        return lines if count is None else lines[-count:]

    def cause(self) -> str:
        """The first line of the tail that looks like the reason of a failure, without its time stamp; or ""."""
        lines = self.last(None)
        errors = [match["text"] for line in lines if (match := _LEVEL.match(line)) and match["level"] == "E"]
        others = [line for line in lines if _LOOKS_LIKE_CAUSE.search(line) and not _LEVEL.match(line)]
        return " ".join((errors or others or [""])[0].split())
