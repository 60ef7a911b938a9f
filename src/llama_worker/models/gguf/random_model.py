"""A model of random weights, written in a moment: to measure how fast an engine computes, and for nothing else."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

_WIDTH, _INNER, _LAYERS, _HEADS, _CONTEXT = 1024, 2816, 4, 16, 4096
_NORM_EPSILON = 1e-5
_ALIGNMENT = 32
# GGUF's numbers: of types of values, of tensors, and of kinds of tokens.
_UINT32, _INT32, _FLOAT32, _STRING, _ARRAY = 4, 5, 6, 8, 9
_F32, _Q8_0 = 0, 8
_UNKNOWN, _CONTROL, _BYTE = 2, 3, 6
_BLOCK = 32  # weights that share a scale in Q8_0
_SCALE = struct.pack("<e", 0.02 / 73)  # of a standard deviation as in trained models
_BLOCKS_AT_ONCE = 4096

_Shape = tuple[int, ...]


def write_random_model(path: Path) -> None:
    """51 million weights in Q8_0, in layers as wide as those of a model of 350 million, 54 MB; a token is a byte.

    Raises OSError.
    """
    tensors = dict(_tensors())
    with path.open("wb") as file:
        header = _header(tensors)
        file.write(header + bytes(-len(header) % _ALIGNMENT))
        pattern = b"".join(_SCALE + os.urandom(_BLOCK) for _ in range(_BLOCKS_AT_ONCE))
        for shape in tensors.values():
            size = _size(shape)
            ones = struct.pack("<f", 1.0) * shape[0]
            file.write(ones if len(shape) == 1 else (pattern * (size // len(pattern) + 1))[:size])
            file.write(bytes(-size % _ALIGNMENT))


def _tokens() -> list[str]:
    return ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]


def _tensors() -> Iterator[tuple[str, _Shape]]:
    """Names and shapes, the innermost dimension first; what has one dimension is a norm."""
    vocabulary = len(_tokens())
    yield "token_embd.weight", (_WIDTH, vocabulary)
    for layer in range(_LAYERS):
        block = f"blk.{layer}."
        yield f"{block}attn_norm.weight", (_WIDTH,)
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            yield f"{block}{name}.weight", (_WIDTH, _WIDTH)
        yield f"{block}ffn_norm.weight", (_WIDTH,)
        yield f"{block}ffn_gate.weight", (_WIDTH, _INNER)
        yield f"{block}ffn_up.weight", (_WIDTH, _INNER)
        yield f"{block}ffn_down.weight", (_INNER, _WIDTH)
    yield "output_norm.weight", (_WIDTH,)
    yield "output.weight", (_WIDTH, vocabulary)


def _size(shape: _Shape) -> int:
    return shape[0] * 4 if len(shape) == 1 else shape[0] * shape[1] // _BLOCK * (len(_SCALE) + _BLOCK)


def _header(tensors: dict[str, _Shape]) -> bytes:
    values = list(_values())
    infos, offset = [], 0
    for name, shape in tensors.items():
        kind = _F32 if len(shape) == 1 else _Q8_0
        infos.append(_string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset))
        offset += _size(shape) + -_size(shape) % _ALIGNMENT
    return b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(values)) + b"".join(values + infos)


def _values() -> Iterator[bytes]:
    """The metadata: what llama.cpp needs to know of such a model, and a vocabulary of bytes."""
    tokens = _tokens()
    kinds = [_UNKNOWN, _CONTROL, _CONTROL, *([_BYTE] * 256)]
    yield _value("general.architecture", _STRING, _string("llama"))
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
    for name, number in numbers.items():
        yield _value(f"llama.{name}", _UINT32, struct.pack("<I", number))
    yield _value("llama.attention.layer_norm_rms_epsilon", _FLOAT32, struct.pack("<f", _NORM_EPSILON))
    yield _value("tokenizer.ggml.model", _STRING, _string("llama"))
    yield _value("tokenizer.ggml.tokens", _ARRAY, _array(_STRING, [_string(token) for token in tokens]))
    yield _value("tokenizer.ggml.scores", _ARRAY, _array(_FLOAT32, [struct.pack("<f", 0.0)] * len(tokens)))
    yield _value("tokenizer.ggml.token_type", _ARRAY, _array(_INT32, [struct.pack("<i", kind) for kind in kinds]))


def _value(name: str, kind: int, value: bytes) -> bytes:
    return _string(name) + struct.pack("<I", kind) + value


def _array(kind: int, values: Sequence[bytes]) -> bytes:
    return struct.pack("<IQ", kind, len(values)) + b"".join(values)


def _string(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()
