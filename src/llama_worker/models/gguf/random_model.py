"""A model of random weights, written in a moment: to measure how fast an engine computes, and for nothing else."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

from .parser import TensorInfo
from .writing import Layout, TensorWriter, TypedValue, array, number, tensor, text

_WIDTH, _INNER, _LAYERS, _HEADS, _CONTEXT = 1024, 2816, 4, 16, 4096
_NORM_EPSILON = 1e-5
_UNKNOWN, _CONTROL, _BYTE = 2, 3, 6  # GGUF's numbers of kinds of tokens
_BLOCK = 32  # weights that share a scale in Q8_0
_SCALE = struct.pack("<e", 0.02 / 73)  # of a standard deviation as in trained models
_BLOCKS_AT_ONCE = 4096


def write_random_model(path: Path) -> None:
    """51 million weights in Q8_0, in layers as wide as those of a model of 350 million, 54 MB; a token is a byte.

    Raises OSError.
    """
    layout = Layout(dict(_values()), list(_tensors()))
    pattern = b"".join(_SCALE + os.urandom(_BLOCK) for _ in range(_BLOCKS_AT_ONCE))
    with path.open("wb") as file:
        writer = TensorWriter(file, layout)
        for each in layout.tensors:
            size = each.size_bytes
            ones = struct.pack("<f", 1.0) * each.elements if each.type == "F32" else b""
            writer.write(ones or (pattern * (size // len(pattern) + 1))[:size])


def _tokens() -> list[str]:
    return ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]


def _tensors() -> Iterator[TensorInfo]:
    """What has one dimension is a norm."""
    vocabulary = len(_tokens())
    yield _weights("token_embd", _WIDTH, vocabulary)
    for layer in range(_LAYERS):
        block = f"blk.{layer}."
        yield _weights(f"{block}attn_norm", _WIDTH)
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            yield _weights(f"{block}{name}", _WIDTH, _WIDTH)
        yield _weights(f"{block}ffn_norm", _WIDTH)
        yield _weights(f"{block}ffn_gate", _WIDTH, _INNER)
        yield _weights(f"{block}ffn_up", _WIDTH, _INNER)
        yield _weights(f"{block}ffn_down", _INNER, _WIDTH)
    yield _weights("output_norm", _WIDTH)
    yield _weights("output", _WIDTH, vocabulary)


def _weights(name: str, *shape: int) -> TensorInfo:
    return tensor(f"{name}.weight", "F32" if len(shape) == 1 else "Q8_0", shape)


def _values() -> Iterator[tuple[str, TypedValue]]:
    """The metadata: what llama.cpp needs to know of such a model, and a vocabulary of bytes."""
    tokens = _tokens()
    yield "general.architecture", text("llama")
    numbers = {
        "context_length": _CONTEXT,
        "embedding_length": _WIDTH,
        "block_count": _LAYERS,
        "feed_forward_length": _INNER,
        "attention.head_count": _HEADS,
        "attention.head_count_kv": _HEADS,
        "rope.dimension_count": _WIDTH // _HEADS,
        "vocab_size": len(tokens),
    }
    for name, value in numbers.items():
        yield f"llama.{name}", number("u32", value)
    yield "llama.attention.layer_norm_rms_epsilon", number("f32", _NORM_EPSILON)
    yield "tokenizer.ggml.model", text("llama")
    yield "tokenizer.ggml.tokens", array("string", tokens)
    yield "tokenizer.ggml.scores", array("f32", [0.0] * len(tokens))
    yield "tokenizer.ggml.token_type", array("i32", [_UNKNOWN, _CONTROL, _CONTROL, *[_BYTE] * 256])
