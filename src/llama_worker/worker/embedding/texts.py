"""What is to be embedded, checked: one text, or many, as texts or as tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from ...engine.api.vectors import EUCLIDEAN, UNCHANGED, Input
from ...errors import InvalidOptionsError
from ..conversation import check_text

LARGEST_TOKEN = 2**31 - 1


class EmbedRequest(Struct, frozen=True, kw_only=True):
    """Texts, or the tokens of each, and what their vectors are to be like.

    `norm` is llama.cpp's number of one; `dimensions` how many numbers of each vector are kept; `truncate` cuts what is
    too long in place of refusing it.
    """

    texts: tuple[Input, ...]
    pooling: str | None = None
    norm: int = EUCLIDEAN
    dimensions: int | None = None
    truncate: bool = False


def check_embed(
    texts: Any, *, pooling: Any = None, normalize: Any = True, dimensions: Any = None, truncate: Any = False
) -> EmbedRequest:
    """The arguments of `embed`. Raises `InvalidOptionsError` naming the first that is wrong."""
    if pooling not in (None, "mean", "cls", "last"):
        raise InvalidOptionsError('pooling is "mean", "cls" or "last".', path="pooling")
    if dimensions is not None and (type(dimensions) is not int or dimensions < 1):
        raise InvalidOptionsError("dimensions is a whole number from 1 on.", path="dimensions")
    check_switch(truncate, "truncate")
    return EmbedRequest(
        texts=check_texts(texts, "texts"),
        pooling=pooling,
        norm=EUCLIDEAN if check_switch(normalize, "normalize") else UNCHANGED,
        dimensions=dimensions,
        truncate=truncate,
    )


def check_texts(texts: Any, path: str) -> tuple[Input, ...]:
    """One text or many. Raises `InvalidOptionsError` naming the first that is none, or empty."""
    if isinstance(texts, str):
        return (_check(texts, path),)
    if isinstance(texts, bytes | Mapping) or not isinstance(texts, Iterable):
        raise InvalidOptionsError(f"{path} must be a text, or a list of texts.", path=path)
    return tuple(_check(text, f"{path}[{index}]") for index, text in enumerate(texts))


def check_switch(value: Any, path: str) -> bool:
    """Yes or no. Raises `InvalidOptionsError` for anything else."""
    if not isinstance(value, bool):
        raise InvalidOptionsError(f"{path} is True or False.", path=path)
    return value


def _check(text: Any, path: str) -> Input:
    checked = text if isinstance(text, str) else _tokens(text, path)
    if not checked:
        raise InvalidOptionsError(f"{path} is empty: there is nothing to embed.", path=path)
    return check_text(checked, path) if isinstance(checked, str) else checked


def _tokens(tokens: Any, path: str) -> list[int]:
    if isinstance(tokens, bytes | Mapping) or not isinstance(tokens, Iterable):
        raise InvalidOptionsError(f"{path} must be text, or a list of tokens.", path=path)
    checked = list(tokens)
    if not all(type(token) is int and 0 <= token <= LARGEST_TOKEN for token in checked):
        raise InvalidOptionsError(f"{path} must be text, or a list of tokens.", path=path)
    return checked
