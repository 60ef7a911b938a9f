"""The sound models: tiny ones of several architectures, with a vocabulary of bytes and a plain chat template."""

from __future__ import annotations

import struct
from pathlib import Path

from tests.families.architectures import ARCHITECTURES
from tests.families.writing import write_model
from tests.gguf_factory import CHAT_TEMPLATE, byte_tokens
from tests.models import raw_gguf as raw

NAMES = (
    *("llama", "gemma2", "qwen3moe", "starcoder2", "command-r", "deepseek2", "gpt-oss"),
    *("mamba", "jamba", "rwkv7", "lfm2", "stablelm"),
)
_SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
_NORMAL, _CONTROL = 1, 3
_PADDED = 320


def sound_models(folder: Path) -> dict[str, Path]:
    """The files by the names of their architectures."""
    keys = vocabulary()
    return {
        name: write_model(folder / f"{name}.gguf", ARCHITECTURES[name], keys, _PADDED, CHAT_TEMPLATE) for name in NAMES
    }


def vocabulary() -> list[bytes]:
    """Keys of a byte-level BPE that knows a few pairs of letters."""
    pairs = [f"{first}{second}" for first in "klmnt" for second in "aeiou"]
    words = [*byte_tokens(), *pairs]
    words += [f"<unused{index}>" for index in range(_PADDED - len(words) - len(_SPECIAL))] + list(_SPECIAL)
    kinds = [_NORMAL] * (_PADDED - len(_SPECIAL)) + [_CONTROL] * len(_SPECIAL)
    merges = [f"{pair[0]} {pair[1]}" for pair in pairs]
    return [
        raw.string("tokenizer.ggml.model", "gpt2"),
        raw.string("tokenizer.ggml.pre", "gpt-2"),
        raw.array("tokenizer.ggml.tokens", raw.STRING, _PADDED, b"".join(map(raw.text, words))),
        raw.array("tokenizer.ggml.token_type", raw.I32, _PADDED, struct.pack(f"<{_PADDED}i", *kinds)),
        raw.array("tokenizer.ggml.merges", raw.STRING, len(merges), b"".join(map(raw.text, merges))),
        raw.u32("tokenizer.ggml.bos_token_id", _PADDED - 3),
        raw.u32("tokenizer.ggml.eos_token_id", _PADDED - 1),
        raw.u32("tokenizer.ggml.eot_token_id", _PADDED - 1),
    ]
