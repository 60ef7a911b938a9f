"""Small LoRA adapters with random weights, sound or not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

from tests.gguf_factory import finish

Pair = tuple[tuple[int, int], tuple[int, int]]


def pair(width: int, height: int, rank: int = 4) -> Pair:
    """The shapes, as numpy has them, of the halves for a matrix that makes `height` numbers of `width`."""
    return (rank, width), (height, rank)


CHANGED: Mapping[str, Pair] = {"blk.0.attn_q.weight": pair(64, 64), "blk.1.ffn_up.weight": pair(64, 128)}
"""Of the model that `tests.gguf_factory.write_gguf` makes unless it is told otherwise."""


def write_lora(
    path: Path,
    seed: int = 0,
    *,
    changed: Mapping[str, Pair] = CHANGED,
    architecture: str = "llama",
    facts: Mapping[str, Any] | None = None,
    tensors: Mapping[str, NDArray[Any]] | None = None,
) -> Path:
    """Write an adapter that changes those matrices enough to be seen in any text.

    `facts` replace metadata, a None leaving it out; `tensors` are added as they are.
    """
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, architecture)
    for key, value in (
        {"general.type": "adapter", "adapter.type": "lora", "adapter.lora.alpha": 8.0} | dict(facts or {})
    ).items():
        _add(writer, key, value)
    for name, (one, other) in changed.items():
        writer.add_tensor(f"{name}.lora_a", random.standard_normal(one).astype(np.float32))
        writer.add_tensor(f"{name}.lora_b", random.standard_normal(other).astype(np.float32))
    return finish(writer, tensors or {}, path)


def _add(writer: gguf.GGUFWriter, key: str, value: Any) -> None:
    """A None is left out."""
    match value:
        case str():
            writer.add_string(key, value)
        case float():
            writer.add_float32(key, value)
        case int():
            writer.add_uint32(key, value)
        case list():
            writer.add_array(key, value)
