"""The lines that were typed in chats, over sessions: a file in the state folder that only its user reads."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from ...config.folders import state_folder
from ..output.texts import say

_FILE = "chat-history"
_MOST_BYTES = 1 << 20


def history_file() -> Path:
    """Where they are kept, whether it is there or not."""
    return state_folder() / _FILE


def line_history() -> History:
    """That file; memory where it cannot be written, which is told."""
    file = history_file()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600))
        _shorten(file)
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no home
        say(f"What is typed here is not kept: {getattr(error, 'strerror', None) or error}.", err=True)
        return InMemoryHistory()
    return _Lines(str(file))


class _Lines(FileHistory):
    """A line that begins with a blank is not kept, as in shells; nor is one when the disk is full."""

    def load_history_strings(self) -> Iterable[str]:
        with contextlib.suppress(OSError):
            return list(super().load_history_strings())
        return []

    def store_string(self, string: str) -> None:
        if not string.startswith(" "):
            with contextlib.suppress(OSError):
                super().store_string(string)


def _shorten(file: Path) -> None:
    """Keep the newer half of a file that has grown long."""
    if file.stat().st_size <= _MOST_BYTES:
        return
    text = file.read_bytes()
    start = text.find(b"\n# ", len(text) // 2)
    shorter = file.with_suffix(".new")
    shorter.write_bytes(text[start:] if start >= 0 else b"")
    shorter.chmod(0o600)
    shorter.replace(file)
