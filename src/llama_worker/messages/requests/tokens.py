"""Requests about tokens: counting, splitting and joining them, and what a model sees of a conversation."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..base import ChatMessage, ModelRef, SessionRef
from ..ends import ends_with
from ..replies import Result
from ..values import Rendered
from .base import Request, RequestWithFunctions

__all__ = ["CountTokens", "Detokenize", "Render", "Tokenize"]


@ends_with(Result, value=int)
class CountTokens(Request, frozen=True, kw_only=True):
    """Tokens of a text or of messages for a model; without either, of a session as the model sees it now."""

    prompt: str | None = None
    messages: list[ChatMessage] | None = None
    model: ModelRef | None = None
    session: SessionRef | None = None


@ends_with(Result, value=list[int])
class Tokenize(Request, frozen=True, kw_only=True):
    """The token ids of a text."""

    prompt: str
    add_special: Annotated[bool, Meta(description="With those that the model wants at a beginning.")] = False
    parse_special: Annotated[bool, Meta(description="Read names such as `<|im_end|>` as special tokens.")] = False
    model: ModelRef | None = None


@ends_with(Result, value=str)
class Detokenize(Request, frozen=True, kw_only=True):
    """The text of token ids."""

    tokens: list[Annotated[int, Meta(ge=0, le=2**31 - 1)]]
    model: ModelRef | None = None


@ends_with(Result, value=Rendered)
class Render(RequestWithFunctions, frozen=True, kw_only=True):
    """What the model would see of a `chat` with the same fields: text, token ids, and which pieces are control
    tokens."""

    messages: list[ChatMessage]
    add_generation_prompt: Annotated[bool, Meta(description="With what begins the answer.")] = True
    model: ModelRef | None = None
