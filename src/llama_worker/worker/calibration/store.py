"""Where measurements are kept: one small file each, which may be deleted at any time.

A file is whole or not there, because it is renamed into place; one that cannot be read is as one that is not there.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from msgspec import DecodeError, Meta, Struct, ValidationError, json

_ENDING = ".json"
_MOST_FILES = 256
_MOST_BYTES = 4096
_Seconds = Annotated[float, Meta(gt=0.0, lt=1e6)]


class Measurement(Struct, frozen=True):
    """`token_seconds`: how long a token of a prompt takes, the best of `attempts`, the last of which was `at` that time
    (Unix). `disturbed`: others computed too, each time."""

    token_seconds: _Seconds
    disturbed: bool = False
    attempts: Annotated[int, Meta(ge=1)] = 1
    at: float = 0.0


def folder(environ: Mapping[str, str] | None = None) -> Path:
    """The user's folder for what can be made again."""
    environ = os.environ if environ is None else environ
    if environ.get("XDG_CACHE_HOME"):
        root = Path(environ["XDG_CACHE_HOME"]).expanduser()
    elif sys.platform == "win32" and environ.get("LOCALAPPDATA"):
        root = Path(environ["LOCALAPPDATA"])
    else:
        root = Path.home() / ".cache"
    return root / "llama-worker" / "calibration"


def read(key: str) -> Measurement | None:
    """What was measured under that key; None when nothing was, or it is damaged."""
    try:
        with (folder() / (key + _ENDING)).open("rb") as file:
            return json.decode(file.read(_MOST_BYTES), type=Measurement)
    except (OSError, RuntimeError, DecodeError, ValidationError):  # RuntimeError: there is no home
        return None


def write(key: str, measurement: Measurement) -> None:
    """Keep it. Raises OSError where nothing can be kept."""
    directory = folder()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=directory)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.encode(measurement))
        Path(name).replace(directory / (key + _ENDING))
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _remove_oldest(directory)


def count() -> int:
    """How many measurements there are."""
    with contextlib.suppress(OSError, RuntimeError):
        return len(list(folder().glob(f"*{_ENDING}")))
    return 0


def _remove_oldest(directory: Path) -> None:
    with contextlib.suppress(OSError):
        files = sorted(directory.iterdir(), key=lambda path: path.lstat().st_mtime_ns, reverse=True)
        for path in files[_MOST_FILES:]:
            path.unlink(missing_ok=True)
