"""Models with random weights in shapes and types that the shared factory does not make: for measuring memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import gguf
import numpy as np
from gguf.constants import GGMLQuantizationType, TokenType
from gguf.quants import quantize
from msgspec import Struct


class Shape(Struct, frozen=True):
    """A model; `heads_kv` of `heads` are kept, each `head_size` wide; `extra` are more numbers of the metadata."""

    architecture: str = "llama"
    kind: str = "F16"
    vocabulary: int = 1024
    width: int = 512
    blocks: int = 4
    heads: int = 8
    heads_kv: int = 8
    head_size: int = 64
    feed_forward: int = 1024
    tied: bool = False
    extra: Mapping[str, int] = {}


def write_shape(path: Path, shape: Shape) -> Path:
    """Write the file; its tokens are numbers, its weights noise."""
    writer = gguf.GGUFWriter(path, shape.architecture)
    numbers = {
        "context_length": 32768,
        "embedding_length": shape.width,
        "block_count": shape.blocks,
        "feed_forward_length": shape.feed_forward,
        "attention.head_count": shape.heads,
        "attention.head_count_kv": shape.heads_kv,
        "attention.key_length": shape.head_size,
        "attention.value_length": shape.head_size,
        "rope.dimension_count": shape.head_size,
        "vocab_size": shape.vocabulary,
    }
    for name, number in (numbers | dict(shape.extra)).items():
        writer.add_uint32(f"{shape.architecture}.{name}", number)
    writer.add_layer_norm_rms_eps(1e-5)
    _add_vocabulary(writer, shape.vocabulary)
    for name, size in _tensors(shape).items():
        _add_tensor(writer, name, size, shape.kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_vocabulary(writer: gguf.GGUFWriter, count: int) -> None:
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([f"t{index}" for index in range(count)])
    writer.add_token_types([TokenType.NORMAL] * (count - 1) + [TokenType.CONTROL])
    writer.add_token_merges(["t 1"])
    writer.add_eos_token_id(count - 1)


def _tensors(shape: Shape) -> dict[str, tuple[int, ...]]:
    queries, kept = shape.heads * shape.head_size, shape.heads_kv * shape.head_size
    tensors: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (shape.vocabulary, shape.width),
        "output_norm.weight": (shape.width,),
    }
    if not shape.tied:
        tensors["output.weight"] = (shape.vocabulary, shape.width)
    block = {
        "attn_norm": (shape.width,),
        "attn_q": (queries, shape.width),
        "attn_k": (kept, shape.width),
        "attn_v": (kept, shape.width),
        "attn_output": (shape.width, queries),
        "ffn_norm": (shape.width,),
        "ffn_gate": (shape.feed_forward, shape.width),
        "ffn_up": (shape.feed_forward, shape.width),
        "ffn_down": (shape.width, shape.feed_forward),
    }
    if shape.architecture == "gemma3":
        block |= {"attn_q_norm": (shape.head_size,), "attn_k_norm": (shape.head_size,)}
        block |= {"post_attention_norm": (shape.width,), "post_ffw_norm": (shape.width,)}
    for index in range(shape.blocks):
        tensors |= {f"blk.{index}.{name}.weight": size for name, size in block.items()}
    return tensors


def _add_tensor(writer: gguf.GGUFWriter, name: str, size: tuple[int, ...], kind: str) -> None:
    if len(size) == 1:
        writer.add_tensor(name, np.ones(size, dtype=np.float32))
        return
    values = np.random.default_rng(len(name)).standard_normal(size, dtype=np.float32) * np.float32(0.05)
    quantization = GGMLQuantizationType[kind]
    writer.add_tensor(name, quantize(values, quantization), raw_dtype=quantization)
