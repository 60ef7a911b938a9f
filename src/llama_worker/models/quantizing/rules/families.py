"""The architectures for which the rules are known to be llama.cpp's."""

from __future__ import annotations

from ....errors import InvalidOptionsError
from ...gguf.header import GgufHeader

# Each is compared, tensor by tensor, with what llama-quantize makes of it: tests/models/quantizing/test_upstream.py.
_FAMILIES = """
apertus bert cohere2 command-r deepseek2 exaone falcon falcon-h1 gemma gemma2 gemma3 gemma4 glm4 glm4moe gpt-oss gpt2
gptneox granite granitehybrid granitemoe jamba lfm2 llama mamba mamba2 minimax-m2 nemotron_h nomic-bert olmo2 olmoe
phi2 phi3 phimoe qwen2 qwen2moe qwen3 qwen35 qwen3moe qwen3next rwkv7 seed_oss smollm3 stablelm starcoder2
"""
FAMILIES = frozenset(_FAMILIES.split())


def ensure_known(model: GgufHeader) -> None:
    """Raises `InvalidOptionsError` for a model whose mixture nobody has compared."""
    if model.architecture not in FAMILIES:
        message = (
            f"Which types the tensors of {model.architecture!r} models need is not known here: quantize it pure, with "
            "one type for all, or with llama.cpp's llama-quantize."
        )
        raise InvalidOptionsError(message, path="pure", model=model.source)
