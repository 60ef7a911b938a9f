"""Unigrams, as XLM-RoBERTa has them: its own special tokens before SentencePiece's pieces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ....errors import NotSupportedError
from ..checkpoint.repository import Repository
from .sentencepiece import CONTROL, UNKNOWN, UNUSED, Piece
from .special import write_special
from .unigram_file import read_unigram

if TYPE_CHECKING:
    import gguf

_FILE = "sentencepiece.bpe.model"
_FIRST = [Piece("<s>", 0.0, CONTROL), Piece("<pad>", 0.0, CONTROL), Piece("</s>", 0.0, CONTROL)]
_FIRST += [Piece("<unk>", 0.0, UNKNOWN)]
_THEIR_FIRST = 3
_PADDING_SCORE = -10000.0


def unigrams(repository: Repository, config: Mapping[str, Any], keys: gguf.GGUFWriter) -> None:
    """Tokens, scores and what is done to a text before. Raises `NotSupportedError` without SentencePiece's file."""
    if not repository.has(_FILE):
        raise NotSupportedError(f"{repository.name} has no {_FILE}, of which its tokens would be made.")
    model = read_unigram(repository, _FILE)
    size = max(config.get("vocab_size", 0), len(model.pieces))
    padding = [Piece(f"[PAD{place}]", _PADDING_SCORE, UNUSED) for place in range(len(model.pieces), size)]
    pieces = [*_FIRST, *[*model.pieces, *padding][_THEIR_FIRST:-1]]
    keys.add_tokenizer_model("t5")
    keys.add_tokenizer_pre("default")
    keys.add_token_list([piece.text for piece in pieces])
    keys.add_token_scores([piece.score for piece in pieces])
    keys.add_token_types([piece.type for piece in pieces])
    keys.add_add_space_prefix(model.adds_prefix)
    keys.add_token_type_count(config.get("type_vocab_size", 1))
    keys.add_remove_extra_whitespaces(model.removes_spaces)
    if model.charsmap:
        keys.add_precompiled_charsmap(model.charsmap)
    write_special(repository, keys, size=len(pieces))
