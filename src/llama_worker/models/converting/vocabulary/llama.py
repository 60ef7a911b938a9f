"""Llama's vocabularies: SentencePiece, the same as `tokenizer.json` only, and byte-level BPE from Llama 3 on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..checkpoint.repository import Repository
from .bpe import byte_pairs
from .sentencepiece import BYTE, CONTROL, NORMAL, USER_DEFINED, Piece, has_pieces, sentence_pieces, write_pieces
from .tokenizer import HubTokenizer

if TYPE_CHECKING:
    import gguf

_SCORE = -1000.0
_BYTE = re.compile(r"<0x[0-9A-Fa-f]{2}>")
_CODE_LLAMA_SIZE = 32016
_CODE_LLAMA_TOKENS = {"prefix": 32007, "suffix": 32008, "middle": 32009, "eot": 32010}
_GRANITE_CODE_SIZE = 49152


def llama_vocabulary(repository: Repository, config: Mapping[str, Any], keys: gguf.GGUFWriter) -> None:
    """Whichever of the three the repository has."""
    settings = repository.json("tokenizer_config.json") or {}
    if (prefix := settings.get("add_prefix_space")) is not None:
        keys.add_add_space_prefix(bool(prefix))
    if has_pieces(repository):
        sentence_pieces(repository, config, keys)
    elif _is_like_pieces(repository):
        write_pieces(repository, _pieces(repository), keys)
    else:
        byte_pairs(repository, config, keys)
    if config.get("vocab_size") == _CODE_LLAMA_SIZE:
        for role, number in _CODE_LLAMA_TOKENS.items():
            getattr(keys, f"add_{role}_token_id")(number)
    if config.get("vocab_size") == _GRANITE_CODE_SIZE:
        keys.add_add_bos_token(False)


def _is_like_pieces(repository: Repository) -> bool:
    """Whether tokenizer.json was made of a SentencePiece model: characters that it does not know become bytes."""
    tokenizer = repository.json("tokenizer.json") or {}
    model, decoder = tokenizer.get("model") or {}, tokenizer.get("decoder") or {}
    return model.get("type") == "BPE" and bool(model.get("byte_fallback", False)) and decoder.get("type") == "Sequence"


def _pieces(repository: Repository) -> list[Piece]:
    """Scores are lost in tokenizer.json; its merges come in the order of the numbers, which is what counts."""
    tokenizer = HubTokenizer(repository)
    special = {number for number, token in tokenizer.added.items() if token.special}
    by_number = sorted((number, text) for text, number in tokenizer.ids.items())
    return [Piece(text, _SCORE, _type(number, text, special, tokenizer.base_size)) for number, text in by_number]


def _type(number: int, text: str, special: set[int], base_size: int) -> int:
    if number < base_size and _BYTE.fullmatch(text):
        return BYTE
    if number in special:
        return CONTROL
    return NORMAL if number < base_size else USER_DEFINED
