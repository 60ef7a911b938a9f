"""What a conversion will write, known before any weight is read: metadata, and each tensor with its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ...errors import InvalidModelError
from ..gguf.parser import TensorInfo
from ..gguf.writing import Layout
from ..gguf.writing import tensor as tensor_info
from .checkpoint.index import shards, stored_tensors
from .checkpoint.repository import Repository
from .checkpoint.tensor import Tensor
from .family import Family
from .identity import write_identity
from .metadata import typed_metadata
from .table import family_of
from .types import guessed, type_of

if TYPE_CHECKING:
    import gguf


class Planned(msgspec.Struct, frozen=True):
    """A tensor of the new file."""

    info: TensorInfo
    tensor: Tensor


class Plan(msgspec.Struct, frozen=True):
    """`type` is the file's: "f16", or what "auto" came to. `shards` are the files that its weights are read from."""

    architecture: str
    type: str
    shards: list[Path]
    layout: Layout
    tensors: list[Planned]


def plan_conversion(repository: Repository, wanted: str = "auto") -> Plan:
    """What becomes of a repository. Raises `NotSupportedError` for what cannot be converted, `InvalidModelError` for
    what is broken."""
    family = family_of(repository)
    kept = dict(_kept(family))
    kind = guessed(kept.values()) if wanted == "auto" else wanted
    tensors = [planned(family, kind, *each) for each in _converted(family, kept)]
    if left := family.left_over():
        raise InvalidModelError(f"{repository.name} is incomplete: it has {left[0]}, and not what belongs to it.")
    metadata = typed_metadata(_keys(family, kind, tensors), repository.name)
    layout = Layout(metadata, [each.info for each in tensors], repository.name)
    return Plan(family.architecture, kind, shards(repository), layout, tensors)


def _kept(family: Family) -> Iterator[tuple[str, Tensor]]:
    for name, stored in stored_tensors(family.repository).items():
        if (kept := family.keep(name)) is not None:
            yield kept, Tensor.stored(stored)


def _converted(family: Family, kept: dict[str, Tensor]) -> Iterator[tuple[str, int | None, str, Tensor]]:
    """Each tensor of the new file: the name that it comes from, the block in that, its new name."""
    for new_name, tensor in family.extra():
        yield new_name, None, new_name, tensor
    for name, tensor in family.unscaled(kept).items():
        block = next((int(part) for part in name.split(".") if part.isdecimal()), None)
        for new_name, changed in family.convert(name, tensor, block):
            yield name, block, new_name, changed


def planned(family: Family, wanted: str, name: str, block: int | None, new_name: str, tensor: Tensor) -> Planned:
    """A tensor with the type that it gets, in a file of the type `wanted`; `name` is the one before conversion."""
    kind = type_of(family, wanted, name, new_name, block, tensor.shape)
    return Planned(tensor_info(new_name, kind, tensor.shape[::-1]), tensor)


def _keys(family: Family, kind: str, tensors: list[Planned]) -> gguf.GGUFWriter:
    """All metadata, in llama.cpp's order."""
    import gguf

    keys = tensor_keys(family, tensors)
    write_identity(family.repository, keys)
    family.parameters(keys)
    keys.add_file_type(gguf.LlamaFileType[family.file_type(kind)])
    keys.add_quantization_version(gguf.GGML_QUANT_VERSION)
    family.vocabulary(keys)
    return keys


def tensor_keys(family: Family, tensors: list[Planned]) -> gguf.GGUFWriter:
    """An empty list of keys that knows the tensors: how many numbers a model has is part of its metadata."""
    import gguf
    import numpy as np

    keys = gguf.GGUFWriter(None, family.architecture)
    for each in tensors:
        info = each.info
        keys.add_tensor_info(info.name, info.shape[::-1], np.dtype(np.float32), 0, gguf.GGMLQuantizationType[info.type])
    return keys
