"""What a conversion will write, known before any weight is read: metadata, and each tensor with its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ...errors import InvalidModelError
from ..gguf.parser import TensorInfo
from ..gguf.writing import Layout, tensor
from .checkpoint.index import stored_tensors
from .checkpoint.repository import Repository
from .checkpoint.scales import unscaled
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
    """`type` is the file's: "f16", or what "auto" came to."""

    type: str
    layout: Layout
    tensors: list[Planned]


def plan_conversion(repository: Repository, wanted: str = "auto") -> Plan:
    """What becomes of a repository. Raises `NotSupportedError` for what cannot be converted, `InvalidModelError` for
    what is broken."""
    family = family_of(repository)
    kept = dict(_kept(family, unscaled(repository, _stored(repository))))
    kind = guessed(kept.values()) if wanted == "auto" else wanted
    tensors = [_planned(family, kind, *each) for each in _converted(family, kept)]
    if left := family.left_over():
        raise InvalidModelError(f"{repository.name} is incomplete: {left[0]} has no others beside it.")
    keys = _keys(family, kind, tensors)
    layout = Layout(typed_metadata(keys), [planned.info for planned in tensors], repository.name)
    return Plan(kind, layout, tensors)
