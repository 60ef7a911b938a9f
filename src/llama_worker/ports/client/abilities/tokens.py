"""Counting, splitting and joining tokens, over a port."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ....messages import CountTokens, Detokenize, Tokenize
from ....worker.conversation import check_messages
from .ability import ModelAbility


class TokenAbilities(ModelAbility):
    """As `worker.abilities.tokens.TokenAbilities`."""

    async def tokenize(self, text: str, *, add_special: bool = False, parse_special: bool = False) -> list[int]:
        """As `Model.tokenize`."""
        facts = {"prompt": text, "add_special": add_special, "parse_special": parse_special, "model": self.id}
        return list(await self._remote.value(Tokenize, **facts))

    async def detokenize(self, tokens: Sequence[int]) -> str:
        """As `Model.detokenize`."""
        return str(await self._remote.value(Detokenize, tokens=list(tokens), model=self.id))

    async def count_tokens(self, prompt: str | Iterable[Mapping[str, Any]]) -> int:
        """As `Model.count_tokens`."""
        text = {"prompt": prompt} if isinstance(prompt, str) else {"messages": check_messages(prompt)}
        return int(await self._remote.value(CountTokens, model=self.id, **text))
