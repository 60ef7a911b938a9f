"""Biases for words and tokens, as the engine understands them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ...engine.api.endpoints import tokenize
from ...engine.engine import Engine
from ...errors import InvalidOptionsError
from ...options import LogitBias

Biases = Mapping[int | str, Any] | tuple[tuple[int | str, Any], ...]


async def resolve_bias(biases: Biases, engine: Engine) -> list[list[float | bool]]:
    """[token id, number to add to its logit | False for "never"]; a word's bias goes to each of its tokens.

    Raises `InvalidOptionsError` for an id that the vocabulary does not have.
    """
    pairs = biases.items() if isinstance(biases, Mapping) else biases
    resolved: dict[int, float | bool] = {}
    for what, bias in pairs:
        for token in await _tokens(what, engine):
            resolved[token] = _logit(bias)
    return [[token, logit] for token, logit in resolved.items()]


async def _tokens(what: int | str, engine: Engine) -> list[int]:
    if isinstance(what, str):
        return await tokenize(engine, what, parse_special=True)
    if not 0 <= what < engine.metadata.n_vocab:
        message = f"There is no token {what} in the model's vocabulary of {engine.metadata.n_vocab}."
        raise InvalidOptionsError(message, path="token_bias")
    return [what]


def _logit(bias: Any) -> float | bool:
    """A share b makes a token (1 + b) times as heavy against every other token, which is log(1 + b) in logits."""
    if isinstance(bias, LogitBias):
        return bias.logit
    if bias == "never" or bias <= -1.0:
        return False
    return math.log1p(bias)
