"""SentencePiece tokenizers, cut down to some thousand pieces: Llama 2, Mistral, Phi-3, Gemma."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct, structs

from tests.families.sources import VOCABULARIES

from .. import gguf_file
from .tokenizer import Added, Tokenizer, json_text, template_processing, tokenizer_json

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = 1, 2, 3, 4, 5, 6
_PAIRS = 2
_WORDS, _LETTERS = 600, 120
_FIRST_WORD, _FIRST_LETTER = 259, 29871
LLAMA2 = _FIRST_WORD + _WORDS + _LETTERS
MISTRAL, PHI3 = LLAMA2 + 15, LLAMA2 + 32
GEMMA2, GEMMA3 = 995, 1059
"""How many rows the embedding has."""


class Piece(Struct, frozen=True):
    """A text with its score and what kind of token it is."""

    text: str
    score: float
    kind: int = NORMAL


@lru_cache
def llama_pieces() -> tuple[Piece, ...]:
    """Llama 2's special tokens and bytes, its first words, and the letters of which words consist."""
    keys = gguf_file.read(VOCABULARIES / "llama-spm.gguf").keys
    tokens = gguf_file.texts(keys["tokenizer.ggml.tokens"])
    scores = struct.unpack_from(f"<{len(tokens)}f", keys["tokenizer.ggml.scores"], 16)
    kinds = struct.unpack_from(f"<{len(tokens)}i", keys["tokenizer.ggml.token_type"], 16)
    everything = [Piece(*parts) for parts in zip(tokens, scores, kinds, strict=True)]
    words = everything[: _FIRST_WORD + _WORDS]
    return (*words, *everything[_FIRST_LETTER : _FIRST_LETTER + _LETTERS])


def _message(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def model_file(
    pieces: Sequence[Piece], *, unigram: bool = False, dummy_prefix: bool = True, charsmap: bytes = b""
) -> bytes:
    """A tokenizer.model: SentencePiece's protocol buffer."""
    encoded = [
        _message(1, _message(1, p.text.encode()) + b"\x15" + struct.pack("<f", p.score) + _number(3, p.kind))
        for p in pieces
    ]
    trainer = _number(3, 1) if unigram else _number(3, _PAIRS) + _number(35, 1)
    names = _message(1, b"nmt_nfkc" if unigram else b"identity") + (_message(2, charsmap) if charsmap else b"")
    normalizer = names + _number(3, dummy_prefix) + _number(4, unigram) + _number(5, 1)
    return b"".join(encoded) + _message(2, trainer) + _message(3, normalizer)


def pairs_json(pieces: Sequence[Piece], added: tuple[Added, ...], first: Added | None, *, prefix: bool) -> bytes:
    """The same as a tokenizer.json: every pair that makes a piece is a merge."""
    places = {piece.text: place for place, piece in enumerate(pieces)}
    words = [piece.text for piece in pieces if piece.kind == NORMAL and len(piece.text) > 1]
    halves = [(word[:cut], word[cut:]) for word in words for cut in range(1, len(word))]
    merges = [f"{one} {other}" for one, other in halves if one in places and other in places]
    model = {
        "type": "BPE",
        "dropout": None,
        "unk_token": "<unk>",
        "continuing_subword_prefix": None,
        "end_of_word_suffix": None,
        "fuse_unk": True,
        "byte_fallback": True,
        "ignore_merges": False,
        "vocab": places,
        "merges": merges,
    }
    marked = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
    steps = [{"type": "Prepend", "prepend": "▁"}, marked] if prefix else [marked]
    after = template_processing(first) if first else None
    back = [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}]
    back += [{"type": "Strip", "content": " ", "start": 1, "stop": 0}] if prefix else []
    return tokenizer_json(
        model,
        added,
        normalizer={"type": "Sequence", "normalizers": steps},
        post_processor=after,
        decoder={"type": "Sequence", "decoders": back},
    )


def _files(pieces: Sequence[Piece], added: tuple[Added, ...], first: Added, *, prefix: bool) -> dict[str, bytes]:
    json = pairs_json(pieces, added, first, prefix=prefix)
    return {"tokenizer.json": json, "tokenizer.model": model_file(pieces, dummy_prefix=prefix)}


def _of(pieces: Sequence[Piece], special: Sequence[str]) -> tuple[Added, ...]:
    places = {piece.text: place for place, piece in enumerate(pieces)}
    return tuple(Added(text, places[text]) for text in special)


@lru_cache
def llama2(small: bool = True) -> Tokenizer:
    """Llama 2's."""
    pieces = llama_pieces()
    added = _of(pieces, ("<unk>", "<s>", "</s>"))
    settings = {
        "add_bos_token": True,
        "add_eos_token": False,
        "bos_token": "<s>",
        "clean_up_tokenization_spaces": False,
        "eos_token": "</s>",
        "legacy": False,
        "model_max_length": 4096,
        "pad_token": None,
        "padding_side": "right",
        "sp_model_kwargs": {},
        "tokenizer_class": "LlamaTokenizer",
        "unk_token": "<unk>",
    }
    return Tokenizer(_files(pieces, added, added[1], prefix=True), added, settings, len(pieces))


@lru_cache
def without_pieces(small: bool = True) -> Tokenizer:
    """Llama 2's, of which only tokenizer.json is there, as many people publish it."""
    whole = llama2(small)
    files = {"tokenizer.json": whole.files["tokenizer.json"]}
    return structs.replace(whole, files=files)


@lru_cache
def mistral(small: bool = True) -> Tokenizer:
    """Mistral 7B's third: marks of a conversation stand before the bytes."""
    first, rest = llama_pieces()[:3], llama_pieces()[3:]
    names = ("[INST]", "[/INST]", "[TOOL_CALLS]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_RESULTS]")
    marks = tuple(Piece(text, 0.0, CONTROL) for text in (*names, "[/TOOL_RESULTS]"))
    unused = tuple(Piece(f"[control_{place}]", 0.0, CONTROL) for place in range(8, 16))
    pieces = (*first, *marks, *unused, *rest)
    added = _of(pieces, [piece.text for piece in (*first, *marks, *unused)])
    settings = {
        "add_bos_token": True,
        "add_eos_token": False,
        "add_prefix_space": True,
        "bos_token": "<s>",
        "clean_up_tokenization_spaces": False,
        "eos_token": "</s>",
        "legacy": False,
        "model_max_length": 1000000000000000019884624838656,
        "pad_token": None,
        "sp_model_kwargs": {},
        "spaces_between_special_tokens": False,
        "tokenizer_class": "LlamaTokenizer",
        "unk_token": "<unk>",
        "use_default_system_prompt": False,
    }
    return Tokenizer(_files(pieces, added, added[1], prefix=True), added, settings, len(pieces))


@lru_cache
def phi3(small: bool = True) -> Tokenizer:
    """Phi-3's: Llama 2's, with roles behind it, and fewer of them than the embedding has rows for."""
    pieces = llama_pieces()
    names = ("endoftext", "assistant", "placeholder1", "placeholder2", "system", "end", "user")
    later = [Added(f"<|{name}|>", len(pieces) + place) for place, name in enumerate(names)]
    added = (*_of(pieces, ("<unk>", "<s>")), Added("</s>", 2, special=False), *later)
    settings = {
        "add_bos_token": False,
        "add_eos_token": False,
        "bos_token": "<s>",
        "clean_up_tokenization_spaces": False,
        "eos_token": "<|endoftext|>",
        "legacy": False,
        "model_max_length": 4096,
        "pad_token": "<|endoftext|>",
        "padding_side": "left",
        "sp_model_kwargs": {},
        "tokenizer_class": "LlamaTokenizer",
        "unk_token": "<unk>",
        "use_default_system_prompt": False,
    }
    more = json_text({token.text: token.place for token in later})
    files = _files(pieces, added, added[1], prefix=True) | {"added_tokens.json": more}
    return Tokenizer(files, added, settings, len(pieces) + 32)


@lru_cache
def gemma(small: bool = True, *, third: bool = False) -> Tokenizer:
    """Gemma's in the layout that it has: other special tokens first, unused ones, roles, line breaks, then words."""
    special = [Piece("<pad>", 0.0, CONTROL), Piece("<eos>", 0.0, CONTROL), Piece("<bos>", 0.0, CONTROL)]
    special += [Piece("<unk>", 0.0, UNKNOWN), Piece("<mask>", 0.0, USER_DEFINED)]
    special += [Piece("[multimodal]" if third else "<2mass>", 0.0, USER_DEFINED), Piece("[@BOS@]", 0.0, USER_DEFINED)]
    roles = ("<start_of_turn>", "<end_of_turn>")
    special += [Piece(f"<unused{place}>", 0.0, USER_DEFINED) for place in range(4)]
    special += [Piece(role, 0.0, CONTROL) for role in roles]
    spaces = [Piece("\n" * count, 0.0, USER_DEFINED) for count in range(1, 6)]
    spaces += [Piece("▁" * count, 0.0, USER_DEFINED) for count in range(2, 6)]
    taken = {piece.text for piece in (*special, *spaces)}
    words = [piece for piece in llama_pieces()[3:] if piece.text not in taken]
    pieces = (*special, *spaces, *words)
    marked = {piece.text for piece in special if piece.kind != USER_DEFINED or piece.text in {"<mask>", "[@BOS@]"}}
    added = tuple(Added(piece.text, place, piece.text in marked) for place, piece in enumerate((*special, *spaces)))
    settings: dict[str, Any] = {
        "add_bos_token": True,
        "add_eos_token": False,
        "additional_special_tokens": list(roles),
        "bos_token": "<bos>",
        "clean_up_tokenization_spaces": False,
        "eos_token": "<eos>",
        "model_max_length": 1000000000000000019884624838656,
        "pad_token": "<pad>",
        "sp_model_kwargs": {},
        "spaces_between_special_tokens": False,
        "tokenizer_class": "GemmaTokenizer",
        "unk_token": "<unk>",
        "use_default_system_prompt": False,
    }
    if third:  # one image token more than the text model has rows for
        added = (*added, Added("<image_soft_token>", len(pieces)))
    files = _files(pieces, added, added[2], prefix=False)
    if third:
        files["added_tokens.json"] = json_text({"<image_soft_token>": len(pieces)})
    return Tokenizer(files, added, settings, len(pieces) + (64 if third else 0))
