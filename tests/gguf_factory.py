"""Small models with random weights: real files for the real engine, in any shape that a test needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def write_gguf(
    path: Path,
    *,
    vocab_size: int = 512,
    embedding_length: int = 64,
    block_count: int = 2,
    head_count: int = 4,
    head_count_kv: int | None = None,
    feed_forward_length: int = 128,
    context_length: int = 4096,
    seed: int = 0,
    endless: bool = False,
    chat_template: str = CHAT_TEMPLATE,
    words: Sequence[str] = (),
    plain_text: bool = False,
    overrides: Mapping[str, int] | None = None,
) -> Path:
    """Write a llama-architecture model in F32; `overrides` replaces numbers of the metadata, sound or not.

    `words` are tokens of their own (a template's tags, say). With `plain_text` greedy text is of letters only.
    Its text is noise but the same noise for the same `seed`; with `endless` it never ends an answer by itself.
    """
    writer = gguf.GGUFWriter(path, "llama")
    facts = {
        "llama.context_length": context_length,
        "llama.embedding_length": embedding_length,
        "llama.block_count": block_count,
        "llama.feed_forward_length": feed_forward_length,
        "llama.attention.head_count": head_count,
        "llama.attention.head_count_kv": head_count_kv or head_count,
        "llama.rope.dimension_count": embedding_length // head_count,
        "llama.vocab_size": vocab_size,
    }
    for key, value in (facts | dict(overrides or {})).items():
        writer.add_uint32(key, value)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_name("random")
    _add_tokenizer(writer, vocab_size, words)
    writer.add_chat_template(chat_template)
    shapes = _shapes(vocab_size, embedding_length, block_count, head_count, head_count_kv, feed_forward_length)
    tensors = _random_tensors(shapes, seed)
    if endless:
        _silence_special_tokens(tensors)
    if plain_text:
        tensors["output.weight"][:256] = 0  # bytes
        tensors["output.weight"][256 + 26 * 5 :] = 0  # unused and special tokens
    return finish(writer, tensors, path)


def write_architecture(
    path: Path,
    architecture: str,
    facts: Mapping[str, int | float],
    shapes: Mapping[str, tuple[int, ...]],
    chat_template: str = CHAT_TEMPLATE,
    general: Mapping[str, int] | None = None,
) -> Path:
    """Write a model of another architecture, with its numbers and the shapes of its tensors; else as `write_gguf`.
    `general` are numbers whose keys do not begin with the architecture's name."""
    writer = gguf.GGUFWriter(path, architecture)
    for key, value in facts.items():
        add: Any = {bool: writer.add_bool, int: writer.add_uint32, float: writer.add_float32}[type(value)]
        add(f"{architecture}.{key}", value)
    for key, number in (general or {}).items():
        writer.add_uint32(key, number)
    writer.add_layer_norm_rms_eps(1e-5)
    _add_tokenizer(writer, int(facts["vocab_size"]), ())
    writer.add_chat_template(chat_template)
    tensors = _random_tensors(dict(shapes), seed=0)
    for name in tensors:
        if name.endswith("ssm_a"):
            tensors[name] = -np.ones_like(tensors[name])  # so that what is remembered fades
    return finish(writer, tensors, path)


def finish(writer: gguf.GGUFWriter, tensors: Mapping[str, NDArray[Any]], path: Path) -> Path:
    """Write what the writer was told, and these."""
    for name, tensor in tensors.items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_tokenizer(writer: gguf.GGUFWriter, vocab_size: int, words: Sequence[str]) -> None:
    tokens = [*byte_tokens(), *(f"{a}{b}" for a in "abcdefghijklmnopqrstuvwxyz" for b in "aeiou")]
    merges = [f"{token[0]} {token[1]}" for token in tokens[256:]]
    tokens += [f"<unused{index}>" for index in range(vocab_size - len(tokens) - len(words) - len(_SPECIAL))]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([*tokens, *words, *_SPECIAL])
    kinds = [gguf.TokenType.NORMAL] * len(tokens) + [gguf.TokenType.USER_DEFINED] * len(words)
    writer.add_token_types([*kinds, *[gguf.TokenType.CONTROL] * len(_SPECIAL)])
    writer.add_token_merges(merges)
    writer.add_bos_token_id(vocab_size - 3)
    writer.add_eos_token_id(vocab_size - 1)
    writer.add_eot_token_id(vocab_size - 1)
    writer.add_add_bos_token(False)


def byte_tokens() -> list[str]:
    """GPT-2's printable stand-ins for the 256 bytes (the table of its byte-level BPE)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    stand_in = {byte: byte for byte in printable} | {byte: 256 + index for index, byte in enumerate(others)}
    return [chr(stand_in[byte]) for byte in range(256)]


def _shapes(
    vocab: int, width: int, blocks: int, heads: int, heads_kv: int | None, feed_forward: int
) -> dict[str, tuple[int, ...]]:
    width_kv = width // heads * (heads_kv or heads)
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (vocab, width),
        "output_norm.weight": (width,),
        "output.weight": (vocab, width),
    }
    for block in range(blocks):
        shapes |= {
            f"blk.{block}.attn_norm.weight": (width,),
            f"blk.{block}.attn_q.weight": (width, width),
            f"blk.{block}.attn_k.weight": (width_kv, width),
            f"blk.{block}.attn_v.weight": (width_kv, width),
            f"blk.{block}.attn_output.weight": (width, width),
            f"blk.{block}.ffn_norm.weight": (width,),
            f"blk.{block}.ffn_gate.weight": (feed_forward, width),
            f"blk.{block}.ffn_up.weight": (feed_forward, width),
            f"blk.{block}.ffn_down.weight": (width, feed_forward),
        }
    return shapes


def _random_tensors(shapes: dict[str, tuple[int, ...]], seed: int) -> dict[str, NDArray[Any]]:
    random = np.random.default_rng(seed)
    tensors: dict[str, NDArray[Any]] = {}
    for name, shape in shapes.items():
        if len(shape) == 1:
            tensors[name] = np.ones(shape, dtype=np.float32)
        else:
            tensors[name] = (random.standard_normal(shape) * 0.05).astype(np.float32)
    return tensors


def _silence_special_tokens(tensors: dict[str, NDArray[Any]]) -> None:
    """Noise would end an answer by chance: the last dimension of the residual stream is kept for forbidding that.

    Every token puts a one there, no block changes it, and the special tokens' logits count it a hundredfold down.
    """
    tensors["token_embd.weight"][:, -1] = 1.0
    tensors["output.weight"][-len(_SPECIAL) :, -1] = -100.0
    for name, tensor in tensors.items():
        if name.endswith(("attn_output.weight", "ffn_down.weight")):
            tensor[-1, :] = 0.0
