"""The architectures for which the rules are known to be llama.cpp's."""

from __future__ import annotations

from ....errors import InvalidOptionsError
from ...gguf.header import GgufHeader

# Each is compared, tensor by tensor, with what llama-quantize makes of it.
FAMILIES = frozenset(["llama"])


def ensure_known(model: GgufHeader) -> None:
    """Raises `InvalidOptionsError` for a model whose mixture nobody has compared."""
    if model.architecture not in FAMILIES:
        message = (
            f"Which types the tensors of {model.architecture!r} models need is not known here: quantize it pure, with "
            "one type for all, or with llama.cpp's llama-quantize."
        )
        raise InvalidOptionsError(message, path="pure", model=model.source)
