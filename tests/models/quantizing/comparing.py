"""What is compared: each tensor's type and bytes, whichever program wrote the file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from llama_worker.messages.events import Processing
from llama_worker.models.gguf.inspect import read_header
from llama_worker.models.quantizing.file_types import FILE_TYPES_BY_NAME
from llama_worker.models.quantizing.task import QuantizeTask

from .models import MODELS

# Of every model some types, which between them go every way of the rules; of some models every type.
SOME_TYPES = ("Q2_K", "Q3_K_M", "Q4_K_S", "Q4_K_M", "IQ3_XXS", "IQ2_M", "MXFP4_MOE")
ALL_TYPES_OF = ("llama", "mixtral", "falcon", "qwen3", "gemma2", "bert", "eight experts", "seventy billion")


class Case(NamedTuple):
    """A model, what it is quantized to, and whether with an importance matrix."""

    model: str
    quantization: str
    imatrix: bool

    @property
    def name(self) -> str:
        return f"{self.model} {self.quantization}{' imatrix' if self.imatrix else ''}"


def cases() -> Iterator[Case]:
    for model in MODELS:
        for quantization in FILE_TYPES_BY_NAME if model in ALL_TYPES_OF else SOME_TYPES:
            yield Case(model, quantization, imatrix=False)
            yield Case(model, quantization, imatrix=True)


def digest(path: Path) -> str:
    """Of all tensors by their names: types, shapes and bytes."""
    header = read_header(path)
    total = hashlib.sha256()
    with path.open("rb") as file:
        for tensor in sorted(header.tensors, key=lambda tensor: tensor.name):
            file.seek(header.header_bytes + tensor.offset)
            total.update(f"{tensor.name} {tensor.type} {tensor.shape}".encode() + file.read(tensor.size_bytes))
    return total.hexdigest()[:16]


def quantized(source: Path, folder: Path, quantization: str, **choices: Any) -> Path:
    """What we make of it, in this process."""
    target = folder / f"{quantization}.gguf"
    folder.mkdir(exist_ok=True)
    facts = {"parts": (str(source),), "target": str(target), "quantization": quantization}
    task = QuantizeTask(**facts | choices)
    task.run(folder, _ignore)
    return target


def _ignore(event: Processing) -> None:
    pass
