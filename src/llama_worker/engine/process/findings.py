"""What an engine process of ours finds out before it computes: it prints each finding as a line of its output."""

from __future__ import annotations

import sys
from typing import TypeVar

from msgspec import DecodeError, Struct, ValidationError, json

_Finding = TypeVar("_Finding", bound=Struct)


def tell(finding: Struct) -> None:
    """Print it, in the engine process."""
    sys.stdout.buffer.write(finding_line(finding))
    sys.stdout.flush()


def finding_line(finding: Struct) -> bytes:
    return _prefix(type(finding)) + json.encode(finding) + b"\n"


def finding_in(line: bytes, kind: type[_Finding]) -> _Finding | None:
    """The finding of that kind in `line`, or None when it is something else."""
    prefix = _prefix(kind)
    if not line.startswith(prefix):
        return None
    try:
        return json.decode(line[len(prefix) :], type=kind)
    except (DecodeError, ValidationError):
        return None


def _prefix(kind: type[Struct]) -> bytes:
    return f"llama_worker:{kind.__name__}:".encode()
