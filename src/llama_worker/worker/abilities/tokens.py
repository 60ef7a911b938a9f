"""Counting, splitting and joining tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...engine.api.endpoints import count_chat_tokens, detokenize, tokenize
from ..conversation import check_messages, check_text
from ..facts import check_tokens
from ..inert.policy import Policy
from .ability import ModelAbility


class TokenAbilities(ModelAbility):
    """What a model makes of texts before it computes anything."""

    async def tokenize(self, text: str, *, add_special: bool = False, parse_special: bool = False) -> list[int]:
        """The ids of the tokens of `text`.

        `add_special` puts those before it that the model wants at a beginning (default False); `parse_special` reads
        names of special tokens such as `<|im_end|>` as those tokens (default False).
        """
        checked = check_text(text, "text")
        async with self.runtime.borrow_engine() as engine:
            return await tokenize(engine, checked, add_special=add_special, parse_special=parse_special)

    async def detokenize(self, tokens: Sequence[int]) -> str:
        """The text of tokens. Raises `InvalidOptionsError` for one that the model does not have."""
        checked = check_tokens(self.runtime.loaded_files, tokens)
        async with self.runtime.borrow_engine() as engine:
            return await detokenize(engine, checked)

    async def count_tokens(self, prompt: str | Iterable[Mapping[str, Any]]) -> int:
        """Tokens of a text, or of a whole conversation as the engine would read it, chat template included."""
        if isinstance(prompt, str):
            return len(await self.tokenize(check_text(prompt, "prompt")))
        checked = check_messages(prompt)
        async with self.runtime.borrow_engine() as engine:
            return await count_chat_tokens(engine, self.runtime.guard.messages(checked, Policy()), {})
