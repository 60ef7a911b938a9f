"""SentencePiece: of `tokenizer.model`, with the tokens that other files add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from ....errors import InvalidModelError
from ..checkpoint.repository import Repository
from .special import write_special
from .tokenizer import looks_special, plain_spaces

if TYPE_CHECKING:
    import gguf

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = 1, 2, 3, 4, 5, 6
"""Types of tokens, as GGUF numbers them."""

_FILE = "tokenizer.model"
_PADDING_SCORE = -10000.0
ADDED_SCORE = -1000.0


class Piece(msgspec.Struct):
    text: str
    score: float
    type: int


def has_pieces(repository: Repository) -> bool:
    return repository.has(_FILE)


def sentence_pieces(repository: Repository, config: Mapping[str, Any], keys: gguf.GGUFWriter) -> None:
    """Tokens, scores and special tokens. Raises `InvalidModelError` when there is no sound tokenizer.model."""
    write_pieces(repository, pieces_of(repository, config), keys)


def write_pieces(repository: Repository, pieces: list[Piece], keys: gguf.GGUFWriter) -> None:
    keys.add_tokenizer_model("llama")
    keys.add_tokenizer_pre("default")
    keys.add_token_list([piece.text for piece in pieces])
    keys.add_token_scores([piece.score for piece in pieces])
    keys.add_token_types([piece.type for piece in pieces])
    write_special(repository, keys, size=len(pieces))


def pieces_of(repository: Repository, config: Mapping[str, Any]) -> list[Piece]:
    """Every token, in order, padded to the size that config.json tells."""
    found = _read(repository)
    size = config.get("vocab_size_per_layer_input") or config.get("vocab_size") or len(found)
    padding = (Piece(f"[PAD{number}]", _PADDING_SCORE, UNUSED) for number in range(len(found), size))
    pieces = [*found[:size], *padding]
    for number, text in _added(repository):
        if number < size:
            pieces[number] = Piece(text, ADDED_SCORE, USER_DEFINED)
    for number, text, special in _configured(repository):
        if number < size:
            control = special or looks_special(text)
            text = text if control else plain_spaces(text)
            pieces[number] = Piece(text, ADDED_SCORE, CONTROL if control else USER_DEFINED)
    return pieces


def _read(repository: Repository) -> list[Piece]:
    from sentencepiece import SentencePieceProcessor

    model = SentencePieceProcessor()
    try:
        model.LoadFromFile(str(repository.folder / _FILE))
    except (OSError, RuntimeError) as error:
        raise InvalidModelError(f"{_FILE} of {repository.name} does not read: {error}.") from None
    count = model.vocab_size()
    return [Piece(model.IdToPiece(number), model.GetScore(number), _type(model, number)) for number in range(count)]


def _type(model: Any, number: int) -> int:
    if model.IsUnknown(number):
        return UNKNOWN
    if model.IsControl(number):
        return CONTROL
    if model.IsUnused(number):
        return UNUSED
    return BYTE if model.IsByte(number) else NORMAL


def _added(repository: Repository) -> Iterator[tuple[int, str]]:
    for text, number in (repository.json("added_tokens.json") or {}).items():
        if isinstance(number, int) and number >= 0:
            yield number, text


def _configured(repository: Repository) -> Iterator[tuple[int, str, bool]]:
    decoder = (repository.json("tokenizer_config.json") or {}).get("added_tokens_decoder")
    for number, token in (decoder if isinstance(decoder, dict) else {}).items():
        if str(number).isdecimal() and isinstance(token, dict) and isinstance(token.get("content"), str):
            yield int(number), token["content"], bool(token.get("special"))
