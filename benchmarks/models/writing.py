"""A model file of random weights: the same bytes for the same shape."""

from __future__ import annotations

import math
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray
from tests.gguf_factory import CHAT_TEMPLATE

from benchmarks.models.shapes import Kind, Shape
from benchmarks.models.vocabulary import SPECIAL, merges, tokens

_BLOCK = 32  # weights that share a scale, in both kinds
_SPREAD = 0.02  # of the weights: as wide as models are begun with, so that activations neither vanish nor overflow
# Bytes of a block behind its scale of two, and the standard deviation of the values, each of which is as likely.
_QUANTS: dict[Kind, tuple[int, float]] = {"Q8_0": (32, 256 / math.sqrt(12)), "Q4_0": (16, 16 / math.sqrt(12))}
_FILE_TYPES: dict[Kind, gguf.LlamaFileType] = {
    "Q8_0": gguf.LlamaFileType.MOSTLY_Q8_0,
    "Q4_0": gguf.LlamaFileType.MOSTLY_Q4_0,
}


def write_model(shape: Shape, path: Path) -> Path:
    writer = gguf.GGUFWriter(path, "llama")
    for key, value in shape.metadata().items():
        writer.add_uint32(key, value)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_name(shape.name)
    writer.add_file_type(_FILE_TYPES[shape.kind])
    _add_vocabulary(writer, shape.vocabulary)
    _add_tensors(writer, shape)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_vocabulary(writer: gguf.GGUFWriter, size: int) -> None:
    kinds = [gguf.TokenType.NORMAL] * (size - len(SPECIAL)) + [gguf.TokenType.CONTROL] * len(SPECIAL)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens(size))
    writer.add_token_types(kinds)
    writer.add_token_merges(merges())
    writer.add_bos_token_id(size - len(SPECIAL))
    writer.add_eos_token_id(size - 1)
    writer.add_eot_token_id(size - 1)
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def _add_tensors(writer: gguf.GGUFWriter, shape: Shape) -> None:
    chance = np.random.default_rng(0)
    for name, size in shape.matrices():
        blocks = _random_blocks(chance, shape.kind, size)
        if name == "output.weight":
            blocks[-len(SPECIAL) :] = 0  # a likelihood that never is the greatest: no answer ends by itself
        writer.add_tensor(name, blocks, raw_dtype=gguf.GGMLQuantizationType[shape.kind])
    for name in shape.norms():
        writer.add_tensor(name, np.ones(shape.width, np.float32))
    for name in shape.routers():
        writer.add_tensor(name, chance.standard_normal((shape.experts, shape.width), np.float32) * np.float32(_SPREAD))


def _random_blocks(chance: np.random.Generator, kind: Kind, size: tuple[int, ...]) -> NDArray[np.uint8]:
    """Rows of blocks: a scale, the same in all, and random quants."""
    quants, deviation = _QUANTS[kind]
    count = math.prod(size) // _BLOCK
    blocks = np.empty((count, 2 + quants), np.uint8)
    blocks[:, :2] = np.frombuffer(np.float16(_SPREAD / deviation).tobytes(), np.uint8)
    blocks[:, 2:] = np.frombuffer(chance.bytes(count * quants), np.uint8).reshape(count, quants)
    return blocks.reshape(*size[:-1], size[-1] // _BLOCK * (2 + quants))
