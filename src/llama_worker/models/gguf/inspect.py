"""What a GGUF file is, learned from its header alone, before any native code sees it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from ...errors import InvalidModelError, ModelNotFoundError
from .cursor import ByteSource, require
from .header import GgufHeader, explained
from .parser import parse_header


class FileSource:
    """The bytes of a local file."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self.size = size

    def read_at(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(length)


def read_source(source: ByteSource, name: str) -> GgufHeader:
    """The checked header of what `source` holds; raises InvalidModelError."""
    with explained(name):
        require(source.size > 0, "the file is empty")
        return GgufHeader(name, parse_header(source), source.size)


def read_header(path: str | Path) -> GgufHeader:
    """The checked header of a local file.

    Raises ModelNotFoundError when there is no such file, InvalidModelError with the reason when it is not a sound
    GGUF file. A sound file may still be no model by itself: see `GgufHeader.check_loadable`. Reads the disk: call it
    in a thread from async code (a vocabulary of 150000 tokens takes some 50 ms).
    """
    path = Path(path)
    try:
        status = path.stat()
        with explained(str(path)):
            require(stat.S_ISREG(status.st_mode), "it is a folder or a device, not a file")
        with open(path, "rb", buffering=0, opener=open_unnoticed) as file:
            return read_source(FileSource(file, status.st_size), str(path))
    except FileNotFoundError as error:
        raise ModelNotFoundError(f"No model file at {path}.", model=str(path)) from error
    except OSError as error:
        raise InvalidModelError(f"{path} cannot be read: {error.strerror}.", model=str(path)) from error


def open_unnoticed(path: str, flags: int) -> int:
    """Open without changing the time of last access: looking at a model is not using it."""
    try:
        return os.open(path, flags | getattr(os, "O_NOATIME", 0))
    except PermissionError:  # only the owner of a file may ask for that
        return os.open(path, flags)


def read_model(paths: Iterable[Path]) -> GgufHeader:
    """The header of a whole model: all its parts checked and taken together; raises as `read_header` does."""
    return join_parts([read_header(path) for path in paths])


def join_parts(parts: Sequence[GgufHeader]) -> GgufHeader:
    """The header of the model that these parts make up, first one first; raises InvalidModelError."""
    return join_files(parts).check_loadable()


def join_files(parts: Sequence[GgufHeader]) -> GgufHeader:
    """As `join_parts`, whether an engine could load that or not."""
    first, *others = parts
    with explained(first.source):
        require(first.split_count == len(parts), f"it says it has {first.split_count} parts, found are {len(parts)}")
        for index, part in enumerate(others, start=1):
            require(part.split_index == index, f"{Path(part.source).name} is not part {index + 1} of it")
    return first.joined(others)
