"""Requests for vectors of texts, and for documents ranked."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from ...options.base import Count, CountOrZero
from ..base import ModelRef
from ..ends import ends_with
from ..rankings import Ranking
from ..replies import Result
from .base import Request

__all__ = ["Embed", "Rerank"]

Vector = Annotated[bytes, Meta(description="Base64 of 32-bit floats, little end first.")]
EmbeddedText = Annotated[str, Meta(min_length=1)] | Annotated[list[CountOrZero], Meta(min_length=1)]


@ends_with(Result, value=list[Vector])
class Embed(Request, frozen=True, kw_only=True):
    """The vectors of texts, or of their tokens, in their order; each is base64 of its 32-bit floats, little end first.

    `dimensions` keeps the first numbers of each. `truncate` embeds the beginning of a text that is too long, which else
    is refused. `pooling` only makes sure how vectors are made: a model is loaded with one.
    """

    texts: Annotated[str, Meta(min_length=1)] | list[EmbeddedText]
    pooling: Literal["mean", "cls", "last"] | None = None
    normalize: Annotated[bool, Meta(description="Make each vector of length 1.")] = True
    dimensions: Count | None = None
    truncate: bool = False
    model: ModelRef | None = None


@ends_with(Result, value=list[Ranking])
class Rerank(Request, frozen=True, kw_only=True):
    """Documents by how well they answer a query, the best first.

    `truncate` reads the beginning of a document that is too long, which else is refused.
    """

    query: Annotated[str, Meta(min_length=1)]
    documents: list[Annotated[str, Meta(min_length=1)]]
    top_n: Annotated[Count, Meta(description="Only so many of the best.")] | None = None
    truncate: bool = False
    model: ModelRef | None = None
