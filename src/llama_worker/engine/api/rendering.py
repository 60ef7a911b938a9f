"""What a request has the model read: its prompt as text, and the tokens that the engine makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, json

from .endpoints import APPLY_TEMPLATE, CHAT_COMPLETIONS, TOKENIZE, Body, RequestSender
from .media import text_of


class TokenPiece(Struct, frozen=True):
    """A token and its text; its bytes where those are part of a character only."""

    id: int
    piece: str | list[int]

    @property
    def bytes(self) -> bytes:
        return self.piece.encode() if isinstance(self.piece, str) else bytes(self.piece)


class _Tokenized(Struct):
    tokens: list[TokenPiece]


async def prompt_text(engine: RequestSender, path: str, body: Body) -> str:
    """The prompt of a request for `path` with that `body`: a chat's as its template makes it, by the same rules."""
    if path == CHAT_COMPLETIONS:
        prompt: str = json.decode(await engine.request(APPLY_TEMPLATE, body))["prompt"]
        return prompt
    given: Any = text_of(body["prompt"])
    assert isinstance(given, str), "only an answer that goes on has tokens in its prompt"
    return given


async def read_pieces(engine: RequestSender, prompt: str) -> Sequence[TokenPiece]:
    """The tokens of a prompt as the engine reads it."""
    body = {"content": prompt, "add_special": True, "parse_special": True, "with_pieces": True}
    return json.decode(await engine.request(TOKENIZE, body), type=_Tokenized).tokens
