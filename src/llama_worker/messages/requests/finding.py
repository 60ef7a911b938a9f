"""Requests about models that could come: looking for them on hubs."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from ..ends import ends_with
from ..found import FoundModel
from ..replies import Result
from .base import Request

__all__ = ["Search"]


@ends_with(Result, value=list[FoundModel])
class Search(Request, frozen=True, kw_only=True):
    """Repositories of a hub that have GGUF files, the most downloaded first, and what of them fits this machine."""

    query: Annotated[str, Meta(description="Words of a repository's name.")]
    fits: Annotated[bool, Meta(description="Only what fits.")] = False
    limit: Annotated[int, Meta(ge=1, le=100, description="How many repositories at most.")] = 10
    site: Annotated[Literal["hf", "ms"], Meta(description="Hugging Face or ModelScope.")] = "hf"
