"""Types that a tensor's rows cannot have, and what takes their place; and those that are nothing without a matrix."""

from __future__ import annotations

from ...gguf.ggml_types import TYPES_BY_NAME
from ...gguf.parser import TensorInfo
from ..file_types import FileType
from .kinds import EMBEDDINGS, OUTPUT

_SMALLER_BLOCKS = {
    **dict.fromkeys(("IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S", "IQ4_XS"), "IQ4_NL"),
    **dict.fromkeys(("Q2_0", "Q2_K", "Q3_K", "TQ1_0", "TQ2_0"), "Q4_0"),
    "Q4_K": "Q5_0",
    "Q5_K": "Q5_1",
    "Q6_K": "Q8_0",
}
_NEED_IMPORTANCE = frozenset({"IQ3_XXS", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ1_M", "IQ1_S"})


def fitting_type(tensor: TensorInfo, wanted: str) -> str:
    """`wanted`, or what has blocks that the tensor's rows are a multiple of."""
    for kind in (wanted, _SMALLER_BLOCKS.get(wanted, wanted)):
        if tensor.shape[0] % TYPES_BY_NAME[kind].block_size == 0:
            return kind
    return "F16"


def needs_importance(tensor: TensorInfo, kind: str, file_type: FileType) -> bool:
    """Whether the tensor, of that type, would be garbage without an importance matrix."""
    if tensor.name in EMBEDDINGS or tensor.name == OUTPUT:
        return False
    return kind in _NEED_IMPORTANCE or (kind == "Q2_K" and file_type.name == "Q2_K_S")
