"""Counting, splitting and joining tokens, without async."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .ability import ModelAbility


class TokenAbilities(ModelAbility):
    """As `worker.abilities.tokens.TokenAbilities`."""

    def tokenize(self, text: str, *, add_special: bool = False, parse_special: bool = False) -> list[int]:
        return self._loop.run(self._model.tokenize(text, add_special=add_special, parse_special=parse_special))

    def detokenize(self, tokens: Sequence[int]) -> str:
        return self._loop.run(self._model.detokenize(tokens))

    def count_tokens(self, prompt: str | Iterable[Mapping[str, Any]]) -> int:
        return self._loop.run(self._model.count_tokens(prompt))
