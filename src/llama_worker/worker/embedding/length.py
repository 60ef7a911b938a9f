"""Texts that are too long for the model: found before the engine is asked, and cut or refused."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ...engine.api.endpoints import RequestSender, tokenize
from ...engine.api.vectors import Input
from ...engine.settings import EngineSettings
from ...errors import TextTooLongError
from ...models.gguf.header import GgufHeader
from ...models.memory.layers import reads_whole

# A token is at least one byte of its text, but for the few that a model wants around it. What makes more tokens than
# that (a normalization that writes ligatures out) is refused by the engine, and counted then.
_AROUND = 4
_AT_ONCE = 4
_LAST = 3  # llama.cpp's number of the pooling of the last token


def longest_text(settings: EngineSettings, header: GgufHeader) -> int:
    """Tokens of the longest text that the engine embeds, those around it included."""
    fits = min(settings.context_size, header.context_length or settings.context_size)
    if reads_whole(header):
        return min(fits, settings.step_tokens)
    if settings.pooling == "rank":
        return min(fits - 1, settings.step_tokens)
    last = settings.pooling == "last" or header.integer("pooling_type") == _LAST
    return fits - 1 if last else min(fits, settings.step_tokens)


class Fitting:
    """Makes the texts of one request fit: `truncate` cuts them by tokens, else they are refused by their number."""

    def __init__(self, longest: int, *, truncate: bool) -> None:
        self.longest = longest
        self._truncate = truncate
        self._counting = asyncio.Semaphore(_AT_ONCE)

    async def fitted(
        self, engine: RequestSender, texts: Sequence[Input], first: int, *, count_all: bool = False
    ) -> list[Input]:
        """`texts`, of which the first has the number `first`. Raises `TextTooLongError`. `count_all` believes in no
        guess."""
        fits = (self._fit(engine, text, first + at, count_all=count_all) for at, text in enumerate(texts))
        return list(await asyncio.gather(*fits))

    async def _fit(self, engine: RequestSender, text: Input, index: int, *, count_all: bool) -> Input:
        if isinstance(text, str):
            if not count_all and len(text.encode()) + _AROUND <= self.longest:
                return text
            return await self._counted(engine, text, index)
        return text if len(text) <= self.longest else self._cut(text, [], index)

    async def _counted(self, engine: RequestSender, text: str, index: int) -> Input:
        """As tokens, now that they are known."""
        async with self._counting:
            tokens = await tokenize(engine, text, add_special=True)
            if len(tokens) <= self.longest:
                return tokens
            bare = await tokenize(engine, text)
        return self._cut(tokens, _after(tokens, bare), index)

    def _cut(self, tokens: list[int], after: list[int], index: int) -> list[int]:
        if not self._truncate:
            raise TextTooLongError(
                f"Text {index} has {len(tokens)} tokens, which exceeds the maximum number of tokens allowed for this "
                f"model, {self.longest}: split it, or say truncate=True to have its beginning embedded.",
                index=index,
                tokens=len(tokens),
                limit=self.longest,
            )
        return tokens[: self.longest - len(after)] + after


def _after(tokens: list[int], bare: list[int]) -> list[int]:
    """What the model wants after a text, of `tokens` with all that it wants around it."""
    around = len(tokens) - len(bare)
    before = next((at for at in range(around + 1) if tokens[at : at + len(bare)] == bare), around)
    return tokens[before + len(bare) :]
