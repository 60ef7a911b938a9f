"""What a model can be quantized to: llama.cpp's file types, each with the type that most of its tensors get."""

from __future__ import annotations

from msgspec import Struct

from ...errors import InvalidOptionsError
from ..gguf.ggml_types import FILE_TYPES


class FileType(Struct, frozen=True):
    """A mixture of tensor types by its name; `number` is what `general.file_type` says, `base` its main type."""

    name: str
    number: int
    base: str

    @property
    def quantizes(self) -> bool:
        """Whether it is more than another way to write floats."""
        return self.base not in ("F32", "F16", "BF16")


# Where the main type is not called as the mixture.
_BASES = {
    "Q2_K_S": "Q2_K",
    "Q3_K_S": "Q3_K",
    "Q3_K_M": "Q3_K",
    "Q3_K_L": "Q3_K",
    "Q4_K_S": "Q4_K",
    "Q4_K_M": "Q4_K",
    "Q5_K_S": "Q5_K",
    "Q5_K_M": "Q5_K",
    "IQ2_S": "IQ2_XS",
    "IQ2_M": "IQ2_S",
    "IQ3_XS": "IQ3_S",
    "IQ3_M": "IQ3_S",
    "MXFP4_MOE": "MXFP4",
}
_NOT_MADE = frozenset({"NVFP4"})  # by llama-quantize neither
_ALIASES = {"Q3_K": "Q3_K_M", "Q4_K": "Q4_K_M", "Q5_K": "Q5_K_M"}
FILE_TYPES_BY_NAME = {
    name: FileType(name, number, _BASES.get(name, name)) for number, name in FILE_TYPES.items() if name not in _NOT_MADE
}


def file_type(name: str) -> FileType:
    """The file type of that name, in upper or lower case; raises `InvalidOptionsError`."""
    upper = name.upper()
    found = FILE_TYPES_BY_NAME.get(_ALIASES.get(upper, upper))
    if found is None:
        known = ", ".join(sorted(FILE_TYPES_BY_NAME))
        raise InvalidOptionsError(f"{name!r} is nothing to quantize to; these are: {known}.", path="quantization")
    return found
