"""Whether an unfinished file was begun for the same conversion, and how much of it is whole."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from ..plan import Plan

_STATE = "conversion.json"


class _State(msgspec.Struct, frozen=True):
    """What a file is made of: the shards with their sizes and times of change, and its header's digest."""

    shards: list[tuple[str, int, int]]
    header: str


def may_go_on(plan: Plan, folder: Path) -> bool:
    """Whether what an earlier attempt left in `folder` is the beginning of what is planned."""
    try:
        return msgspec.json.decode((folder / _STATE).read_bytes(), type=_State) == _state(plan)
    except (OSError, msgspec.MsgspecError):
        return False


def remember(plan: Plan, folder: Path) -> None:
    """Leave a word for the next attempt."""
    (folder / _STATE).write_bytes(msgspec.json.encode(_state(plan)))


def whole_tensors(plan: Plan, path: Path) -> int:
    """How many tensors of the file at `path` are there with all their bytes."""
    try:
        size = path.stat().st_size
    except OSError:
        return 0
    layout = plan.layout
    ends = (layout.data_offset + info.offset + info.size_bytes + layout.padding(info) for info in layout.tensors)
    return sum(end <= size for end in ends)


def _state(plan: Plan) -> _State:
    found = [(path, path.stat()) for path in plan.shards]
    shards = [(str(path), stat.st_size, stat.st_mtime_ns) for path, stat in found]
    return _State(shards, hashlib.sha256(plan.layout.header).hexdigest())
