"""The log of a server: a file in the state folder, so that `logs` can show it. No text of a prompt is in it."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

from ...config.folders import state_folder
from ...loggers import PACKAGE
from ..verbosity import FORMAT

OFF = "off"
_MOST_BYTES, _OLDER = 1 << 20, 1
_MOST_FILES = 16


def log_folder() -> Path:
    """Where logs are, unless a server was told a file; it need not exist."""
    return state_folder() / "logs"


def log_files() -> list[Path]:
    """The newest first."""
    try:
        return sorted(log_folder().glob("*.log"), key=lambda file: -file.stat().st_mtime)
    except OSError:
        return []


def log_path(told: str | None, port: int) -> Path | None:
    """That of a server on `port` which was `told` a file, nothing, or that it keeps none."""
    if told == OFF:
        return None
    return Path(told).absolute() if told else log_folder() / f"{port}.log"


@contextlib.contextmanager
def logged(file: Path | None) -> Iterator[None]:
    """What the loggers tell from INFO on goes into `file` until the block ends; warnings still go to standard error."""
    handler = _opened(file)
    if handler is None:
        yield
        return
    added: list[logging.Handler] = [handler, *([] if PACKAGE.handlers else [_warnings()])]
    level = PACKAGE.level
    PACKAGE.setLevel(min(level or logging.INFO, logging.INFO))
    for each in added:
        PACKAGE.addHandler(each)
    try:
        yield
    finally:
        PACKAGE.setLevel(level)
        for each in added:
            PACKAGE.removeHandler(each)
        with contextlib.suppress(OSError):
            handler.close()


class _Quiet(RotatingFileHandler):
    """A log that cannot be written on a full disk keeps no server from serving."""

    def handleError(self, record: logging.LogRecord) -> None:
        pass


def _opened(file: Path | None) -> _Quiet | None:
    if file is None:
        return None
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in log_files()[_MOST_FILES:]:
            old.unlink(missing_ok=True)
        handler = _Quiet(file, maxBytes=_MOST_BYTES, backupCount=_OLDER, encoding="utf-8", errors="replace")
    except OSError as error:
        PACKAGE.warning("no log is kept: %s: %s", file, error.strerror)
        return None
    handler.setFormatter(logging.Formatter(FORMAT))
    return handler


def _warnings() -> logging.Handler:
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    return handler
