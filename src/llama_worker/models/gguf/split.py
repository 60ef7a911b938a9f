"""Split models: `name-00001-of-00003.gguf` and its siblings are one model."""

from __future__ import annotations

import re

import msgspec

_SPLIT = re.compile(r"(?P<prefix>.+)-(?P<index>\d{5})-of-(?P<count>\d{5})\.gguf", re.IGNORECASE)
MAX_PARTS = 2048


class Split(msgspec.Struct, frozen=True):
    """One part of a split model; `index` counts from 1."""

    prefix: str
    index: int
    count: int

    def part(self, index: int) -> str:
        """The file name of part `index`."""
        return f"{self.prefix}-{index:05d}-of-{self.count:05d}.gguf"


def parse_split(filename: str) -> Split | None:
    """What `filename` says about being a part; None for a model in one file."""
    match = _SPLIT.fullmatch(filename)
    if match is None:
        return None
    split = Split(match["prefix"], int(match["index"]), int(match["count"]))
    return split if 1 <= split.index <= split.count <= MAX_PARTS else None


def all_parts(filename: str) -> tuple[str, ...]:
    """Every file of the model that `filename` belongs to, first part first."""
    split = parse_split(filename)
    if split is None:
        return (filename,)
    return tuple(split.part(index) for index in range(1, split.count + 1))
