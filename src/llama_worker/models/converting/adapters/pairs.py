"""What stands in an adapter's safetensors file, by the names that its base model has for the matrices changed."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from ....errors import InvalidModelError, NotSupportedError
from ..checkpoint.header import read_header
from ..checkpoint.repository import RepositoryFiles
from ..checkpoint.tensor import Tensor
from ..fetching import ADAPTER

_PREFIX = "base_model.model."
_FIRST, _SECOND = ".lora_A.weight", ".lora_B.weight"
_NORMS = ("_layernorm", ".norm")


class Pair(Struct, frozen=True):
    """`second` times `first` is added to a matrix: as many rows as that has, and as many columns."""

    first: Tensor
    second: Tensor


def changes(adapter: RepositoryFiles) -> Iterator[tuple[str, Pair | Tensor]]:
    """Each matrix changed with its pair, and each norm that is replaced.

    Raises `InvalidModelError` when halves are missing or do not fit, `NotSupportedError` for other tensors.
    """
    path = adapter.folder / ADAPTER
    if not path.is_file():
        raise NotSupportedError(f"{adapter.name} has no {ADAPTER}; pickles, which can run any code, are not read.")
    tensors = {name: Tensor.stored(stored) for name, stored in sorted(read_header(path).items())}
    for name, tensor in tensors.items():
        plain = name.replace(_PREFIX, "")
        if name.endswith(_FIRST):
            yield plain.removesuffix(_FIRST) + ".weight", _pair(adapter, name, tensors)
        elif name.endswith(_SECOND):
            _pair(adapter, name.removesuffix(_SECOND) + _FIRST, tensors)
        elif any(part in name for part in _NORMS):
            yield plain, tensor
        elif ".base_layer.weight" not in name:
            raise NotSupportedError(
                f"{adapter.name} has {name!r}, which is no half of a LoRA pair: only those can be converted."
            )


def _pair(adapter: RepositoryFiles, name: str, tensors: dict[str, Tensor]) -> Pair:
    first, second = tensors.get(name), tensors.get(name.removesuffix(_FIRST) + _SECOND)
    if first is None or second is None:
        raise InvalidModelError(f"{adapter.name} is incomplete: of the pair of {name!r} only one half is there.")
    if len(first.shape) != 2 or len(second.shape) != 2 or first.shape[0] != second.shape[1]:
        raise InvalidModelError(f"The halves of {name!r} in {adapter.name} do not fit together.")
    return Pair(first, second)
