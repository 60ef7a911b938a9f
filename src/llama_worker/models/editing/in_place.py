"""Metadata changed within a file, when that is safe."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..gguf.header import GgufHeader
from ..gguf.writing import Layout

_MOST_BYTES = 4096  # a page: of more only a part could be on the disk when the power fails


def written_in_place(path: Path, header: GgufHeader, layout: Layout) -> bool:
    """Write those bytes of the header that differ, and tell whether that was possible.

    It is when no tensor moves, little differs, and nobody has the file open: an engine that has mapped it would see it
    change. Raises OSError.
    """
    if len(layout.header) != header.header_bytes or layout.tensors != header.tensors:
        return False
    with path.open("r+b") as file, _alone(file.fileno()) as alone:
        old = file.read(header.header_bytes)
        if not alone or len(old) != len(layout.header):
            return False
        differing = [index for index, pair in enumerate(zip(old, layout.header, strict=True)) if pair[0] != pair[1]]
        if len(differing) > _MOST_BYTES:
            return False
        for index in differing:
            file.seek(index)
            file.write(layout.header[index : index + 1])
        file.flush()
        os.fsync(file.fileno())
    return True


@contextmanager
def _alone(descriptor: int) -> Iterator[bool]:
    """Whether nobody else has the file open or mapped, which only Linux tells: there a lease is given to nobody else.

    Whoever opens it meanwhile waits.
    """
    if sys.platform != "linux":
        yield False
        return
    import fcntl
    import signal

    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)  # that somebody waits: else it is SIGIO, which ends us
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    except OSError:
        yield False
        return
    try:
        yield True
    finally:
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
