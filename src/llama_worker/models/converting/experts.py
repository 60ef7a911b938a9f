"""Mixtures of experts: what checkpoints store for each expert, and GGUF as one tensor for all of a layer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .checkpoint.tensor import Tensor


class Experts:
    """Holds back the tensors of each layer's experts until all have come.

    `pattern` finds in a name `layer`, `expert` and `part` ("up_proj"); `merged` is the name of all experts' tensor,
    with places for {layer} and {part}.
    """

    def __init__(self, count: int, parts: tuple[str, ...], pattern: str, merged: str) -> None:
        self._count = count
        self._parts = parts
        self._pattern = re.compile(pattern)
        self._merged = merged
        self._held: dict[str, dict[tuple[str, int], tuple[str, Tensor]]] = {}

    def holds(self, name: str) -> bool:
        return self._pattern.fullmatch(name) is not None

    def add(self, name: str, tensor: Tensor) -> Iterator[tuple[str, Tensor]]:
        """One expert's; with the last of its layer come the layer's, by their merged names."""
        found = self._pattern.fullmatch(name)
        if found is None:
            raise ValueError(f"{name!r} is no expert's")
        layer = found["layer"]
        held = self._held.setdefault(layer, {})
        held[found["part"], int(found["expert"])] = name, tensor
        if all((part, expert) in held for part in self._parts for expert in range(self._count)):
            del self._held[layer]
            for part in self._parts:
                stacked = Tensor.stack([held[part, expert][1] for expert in range(self._count)])
                yield self._merged.format(layer=layer, part=part), stacked

    def left_over(self) -> list[str]:
        return [name for held in self._held.values() for name, _ in held.values()]
