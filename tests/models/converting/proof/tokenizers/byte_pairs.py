"""Byte-pair tokenizers with the expressions that split a text before: Llama 3, Qwen, Granite, OLMo 2, gpt-oss.

Each also with a small vocabulary, which llama.cpp does not know the splitting of.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Any

from tests.families.sources import VOCABULARIES

from .. import gguf_file
from .ranks import read_ranks, small_vocabulary
from .tokenizer import Added, Tokenizer, template_processing, tokenizer_json

_WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"
_REST = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
THREE_DIGITS = _WORDS + r"\p{N}{1,3}" + _REST
ONE_DIGIT = _WORDS + r"\p{N}" + _REST
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_ENDING = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
CASES = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+{_ENDING}|[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*{_ENDING}"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
_NORMAL = 1


def _split(expression: str) -> dict[str, Any]:
    by_words = {"type": "Split", "pattern": {"Regex": expression}, "behavior": "Isolated", "invert": False}
    return {"type": "Sequence", "pretokenizers": [by_words, _BYTES]}


@lru_cache
def of_llama_cpp(name: str, small: bool) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The normal tokens of a vocabulary, those behind them that are not, and its merges."""
    if small:
        return small_vocabulary()
    keys = gguf_file.read(VOCABULARIES / f"{name}.gguf").keys
    tokens = gguf_file.texts(keys["tokenizer.ggml.tokens"])
    kinds = struct.unpack_from(f"<{len(tokens)}i", keys["tokenizer.ggml.token_type"], 16)
    end = max(place for place, kind in enumerate(kinds) if kind == _NORMAL) + 1
    more = [text for text in tokens[end:] if not text.startswith("[PAD")]
    return tokens[:end], tuple(more), gguf_file.texts(keys["tokenizer.ggml.merges"])


def _model(tokens: tuple[str, ...], merges: tuple[str, ...], **more: Any) -> dict[str, Any]:
    vocabulary = {text: place for place, text in enumerate(tokens)}
    flags = {"dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None}
    fuse = {"fuse_unk": False, "byte_fallback": False}
    return {"type": "BPE", **flags, **fuse, **more, "vocab": vocabulary, "merges": list(merges)}


@lru_cache
def llama3(small: bool = False, *, begins: bool = True) -> Tokenizer:
    """Llama 3's; without the token that begins a text it is SmolLM3's."""
    tokens, more, merges = of_llama_cpp("llama-bpe", small)
    added = tuple(Added(text, len(tokens) + place) for place, text in enumerate(more))
    after = [_BYTES | {"use_regex": True}, template_processing(added[0])] if begins else [_BYTES]
    processing = {"type": "Sequence", "processors": after}
    json = tokenizer_json(
        _model(tokens, merges, ignore_merges=True), added, pre_tokenizer=_split(THREE_DIGITS), post_processor=processing
    )
    names = {"bos_token": "<|begin_of_text|>"} if begins else {"bos_token": None}
    settings = names | {
        "clean_up_tokenization_spaces": True,
        "eos_token": "<|eot_id|>",
        "model_input_names": ["input_ids", "attention_mask"],
        "model_max_length": 131072,
        "tokenizer_class": "PreTrainedTokenizerFast",
    }
    return Tokenizer({"tokenizer.json": json}, added, settings, len(tokens) + len(added))


_QWEN_PAIRS = [f"{name}_{end}" for name in ("object_ref", "box", "quad", "vision") for end in ("start", "end")]
_QWEN_MORE = (*_QWEN_PAIRS, "vision_pad", "image_pad", "video_pad")
_QWEN_WORDS = ("<tool_call>", "</tool_call>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>",
               "<|repo_name|>", "<|file_sep|>")  # fmt: skip
_QWEN3_WORDS = ("<tool_response>", "</tool_response>", "<think>", "</think>")


@lru_cache
def qwen(small: bool = False, *, third: bool = False) -> Tokenizer:
    """Qwen 2.5's, or Qwen 3's, which has names for thoughts."""
    tokens, _, merges = of_llama_cpp("qwen2", small)
    special = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", *(f"<|{name}|>" for name in _QWEN_MORE))
    words = _QWEN_WORDS + (_QWEN3_WORDS if third else ())
    texts = [(text, True) for text in special] + [(text, False) for text in words]
    added = tuple(Added(text, len(tokens) + place, kind) for place, (text, kind) in enumerate(texts))
    json = tokenizer_json(
        _model(tokens, merges),
        added,
        normalizer={"type": "NFC"},
        pre_tokenizer=_split(ONE_DIGIT),
        post_processor=_BYTES,
        decoder=_BYTES,
    )
    settings = {
        "add_bos_token": False,
        "add_prefix_space": False,
        "additional_special_tokens": list(special[1:]),
        "bos_token": None,
        "clean_up_tokenization_spaces": False,
        "eos_token": "<|im_end|>",
        "errors": "replace",
        "model_max_length": 131072,
        "pad_token": "<|endoftext|>",
        "split_special_tokens": False,
        "tokenizer_class": "Qwen2Tokenizer",
        "unk_token": None,
    }
    return Tokenizer({"tokenizer.json": json}, added, settings, len(tokens) + 293)


@lru_cache
def granite(small: bool = False) -> Tokenizer:
    """Granite 3's: StarCoder's vocabulary with roles."""
    tokens, _, merges = of_llama_cpp("refact", small)
    tokens = ("<|endoftext|>", "<fim_prefix>", *tokens) if small else tokens[:49152]
    first = [Added(text, place) for place, text in enumerate(tokens[: 2 if small else 19])]
    roles = ("<|start_of_role|>", "<|end_of_role|>", "<|tool_call|>")
    last = [Added(text, len(tokens) + place) for place, text in enumerate(roles)]
    digits = {"type": "Digits", "individual_digits": True}
    pre = {"type": "Sequence", "pretokenizers": [digits, _BYTES | {"use_regex": True}]}
    json = tokenizer_json(
        _model(tokens, merges), (*first, *last), pre_tokenizer=pre, post_processor=_BYTES, decoder=_BYTES
    )
    settings = {
        "add_bos_token": False,
        "add_prefix_space": False,
        "additional_special_tokens": list(roles),
        "bos_token": tokens[0],
        "clean_up_tokenization_spaces": True,
        "eos_token": tokens[0],
        "errors": "replace",
        "model_max_length": 9223372036854775807,
        "pad_token": tokens[0],
        "padding_side": "left",
        "tokenizer_class": "GPT2Tokenizer",
        "unk_token": tokens[0],
        "vocab_size": len(tokens),
    }
    return Tokenizer({"tokenizer.json": json}, (*first, *last), settings, len(tokens) + 3)


@lru_cache
def olmo2(small: bool = False) -> Tokenizer:
    """OLMo 2's: GPT-4's vocabulary with some more."""
    tokens, merges = read_ranks("cl100k_base") if not small else small_vocabulary()[::2]
    special = ["<|extra_id_0|>", "<|endoftext|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>"]
    special += ["|||PHONE_NUMBER|||", "|||EMAIL_ADDRESS|||", "|||IP_ADDRESS|||", "<|im_start|>", "<|im_end|>"]
    special += [*(f"<|extra_id_{place}|>" for place in range(1, 11)), "<|endofprompt|>", "<|pad|>"]
    added = tuple(Added(text, len(tokens) + place, "|||" not in text) for place, text in enumerate(special))
    json = tokenizer_json(
        _model(tokens, merges), added, pre_tokenizer=_split(THREE_DIGITS), post_processor=_BYTES, decoder=_BYTES
    )
    settings = {
        "add_prefix_space": False,
        "bos_token": "<|endoftext|>",
        "clean_up_tokenization_spaces": False,
        "eos_token": "<|endoftext|>",
        "model_max_length": 8192,
        "pad_token": "<|pad|>",
        "tokenizer_class": "GPT2Tokenizer",
        "unk_token": "<|endoftext|>",
    }
    return Tokenizer({"tokenizer.json": json}, added, settings, len(tokens) + 96)


@lru_cache
def gpt_oss(small: bool = False) -> Tokenizer:
    """gpt-oss's, which is called o200k_harmony."""
    tokens, merges = read_ranks("o200k_base") if not small else small_vocabulary()[::2]
    names = {0: "startoftext", 1: "endoftext", 4: "return", 5: "constrain", 7: "channel", 8: "start", 9: "end"}
    names |= {10: "message", 14: "call", 20: "endofprompt"}
    texts = [f"<|{names.get(place, f'reserved_{199998 + place}')}|>" for place in range(21)]
    added = tuple(Added(text, len(tokens) + place) for place, text in enumerate(texts))
    json = tokenizer_json(
        _model(tokens, merges, ignore_merges=True),
        added,
        pre_tokenizer=_split(CASES),
        post_processor=_BYTES,
        decoder=_BYTES,
    )
    settings = {
        "bos_token": "<|startoftext|>",
        "clean_up_tokenization_spaces": False,
        "eos_token": "<|return|>",
        "model_input_names": ["input_ids", "attention_mask"],
        "model_max_length": 131072,
        "pad_token": "<|endoftext|>",
        "tokenizer_class": "PreTrainedTokenizerFast",
    }
    return Tokenizer({"tokenizer.json": json}, added, settings, len(tokens) + 1090)
