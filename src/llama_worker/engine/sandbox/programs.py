"""What has to be executable for a program to start."""

from __future__ import annotations

import os
import struct

_INTERPRETER = 3


def files_to_execute(program: str) -> tuple[str, ...] | None:
    """A native program and its loader. None for a script, which may start anything."""
    try:
        with open(program, "rb") as file:
            head = file.read(64)
            if head[:6] != b"\x7fELF\x02\x01":  # 64 bits, lower bytes first
                return None
            (start,) = struct.unpack_from("<Q", head, 32)
            size, count = struct.unpack_from("<HH", head, 54)
            file.seek(start)
            table = file.read(size * count)
            for at in range(0, len(table), size):
                kind, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", table, at)
                if kind == _INTERPRETER:
                    file.seek(offset)
                    return program, os.fsdecode(file.read(length).rstrip(b"\0"))
    except (OSError, struct.error):
        return None
    return (program,)
