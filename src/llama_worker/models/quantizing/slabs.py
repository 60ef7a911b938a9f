"""Tensors in pieces of whole rows, small enough that several are in memory at once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from ..gguf.ggml_types import TYPES_BY_NAME
from ..gguf.parser import TensorInfo
from .plan import Plan, Source

WEIGHTS = 1 << 20
"""Weights of one slab, at least a row: 4 MiB as floats. Measured, larger ones are no faster."""
_COPIED_BYTES = 4 << 20


class Slab(Struct, frozen=True):
    """The rows of a tensor that are made at once. `expert` is whose they are, from 0; a slab never crosses experts, as
    each has its own importance. Without `rows` the bytes are copied."""

    index: int
    tensor: int
    part: Path
    name: str
    source_type: str
    source_offset: int
    source_bytes: int
    target_type: str
    target_offset: int
    target_bytes: int
    rows: int = 0
    width: int = 0
    expert: int = 0


def slabs_of(plan: Plan) -> list[Slab]:
    """All of a plan's slabs; offsets of targets count from the file's beginning."""
    found: list[Slab] = []
    for number, (source, target) in enumerate(plan.pairs):
        offset = plan.layout.data_offset + target.offset
        make = _copied if source.tensor.type == target.type else _made
        found += make(len(found), number, source, target, offset)
    return found


def _copied(first: int, number: int, source: Source, target: TensorInfo, offset: int) -> Iterator[Slab]:
    known = TYPES_BY_NAME.get(target.type)
    block = known.block_bytes if known else 1
    step = _COPIED_BYTES // block * block
    for index, start in enumerate(range(0, target.size_bytes, step)):
        size = min(step, target.size_bytes - start)
        yield Slab(
            first + index,
            number,
            source.part,
            target.name,
            source.tensor.type,
            source.offset + start,
            size,
            target.type,
            offset + start,
            size,
        )


def _made(first: int, number: int, source: Source, target: TensorInfo, offset: int) -> Iterator[Slab]:
    width, per_expert = target.shape[0], target.shape[1]
    read = TYPES_BY_NAME[source.tensor.type].bytes_for(width)
    written = TYPES_BY_NAME[target.type].bytes_for(width)
    index, at = first, 0
    while at < math.prod(target.shape[1:]):
        rows = min(max(WEIGHTS // width, 1), per_expert - at % per_expert)
        yield Slab(
            index,
            number,
            source.part,
            target.name,
            source.tensor.type,
            source.offset + at * read,
            rows * read,
            target.type,
            offset + at * written,
            rows * written,
            rows,
            width,
            at // per_expert,
        )
        index, at = index + 1, at + rows
