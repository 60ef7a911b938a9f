"""Counts and clocks of one answer, added up over its pauses."""

from __future__ import annotations

from ...engine.api.chunks import EngineTimings
from ...messages.values import Timings, Usage


class UsageCounter:
    """`generated` counts the tokens of the answer so far, those before a pause included."""

    def __init__(self) -> None:
        self._limit: int | None = 0
        self._before = 0
        self._now = EngineTimings()
        self._first: EngineTimings | None = None
        self._prompt_ms = 0.0
        self._predicted_ms = 0.0
        self._drafted = self._accepted = 0

    @property
    def generated(self) -> int:
        return self._before + self._now.predicted_n

    @property
    def held(self) -> int:
        """Tokens that the engine holds of prompt and answer."""
        return self._now.cache_n + self._now.prompt_n + self._now.predicted_n

    @property
    def spent(self) -> bool:
        """Whether the answer has as many tokens as it may have."""
        return self._limit is not None and self.generated >= self._limit

    def begin(self, limit: int | None, generated: int) -> None:
        """A new attempt at an answer of at most `limit` tokens (None: what the context holds), of which so many are
        generated."""
        self._first = self._first or (self._now if self._now.prompt_n or self._now.cache_n else None)
        self._prompt_ms += self._now.prompt_ms
        self._predicted_ms += self._now.predicted_ms
        self._drafted += self._now.draft_n
        self._accepted += self._now.draft_n_accepted
        self._limit, self._before = limit, generated
        self._now = EngineTimings()

    def take(self, timings: EngineTimings | None) -> None:
        if timings:
            self._now = timings

    @property
    def usage(self) -> Usage:
        """The prompt counts once, as it was when the answer began."""
        first = self._first or self._now
        prompt, completion = first.cache_n + first.prompt_n, 0 if self._limit == 0 else self.generated
        return Usage(
            prompt_tokens=prompt,
            completion_tokens=completion,
            total_tokens=prompt + completion,
            cached_tokens=first.cache_n,
            drafted_tokens=self._drafted + self._now.draft_n,
            accepted_tokens=self._accepted + self._now.draft_n_accepted,
        )

    @property
    def timings(self) -> Timings:
        """Of all attempts together."""
        seconds = (self._predicted_ms + self._now.predicted_ms) / 1000
        return Timings(
            prompt_seconds=(self._prompt_ms + self._now.prompt_ms) / 1000,
            completion_seconds=seconds,
            tokens_per_second=self.usage.completion_tokens / seconds if seconds > 0 else 0.0,
        )
