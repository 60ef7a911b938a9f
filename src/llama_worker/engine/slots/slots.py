"""The slots of an engine (its sequences), and what each was asked last.

llama-server looks for the slot that holds most of a prompt itself. But where conversations begin alike, as those of one
program do, it takes any that has the common beginning: what that slot held beyond it is lost, and so is the way back to
what the engine keeps of the conversation itself. Told which slot to take, and that what is merely alike is not the same
(`ALIKE`), it keeps what the slot holds and brings back what it kept.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from msgspec import Struct

from ..api.endpoints import CHAT_COMPLETIONS, COMPLETION, COMPLETIONS, EMBEDDINGS, INFILL, RERANK
from .beginning import Beginning, beginning_of, common_length

ALIKE = 0.8
"""The share of a prompt from which on the engine takes what a slot holds for that conversation and keeps nothing of it.
Keeping and bringing back costs about a fiftieth of reading, for the whole of what a slot holds: less than a tenth of
reading what is new while that is a fifth of the prompt."""

_TAKING = frozenset({CHAT_COMPLETIONS, COMPLETION, COMPLETIONS, INFILL, EMBEDDINGS, RERANK})
# Of a prompt: what has less of it in common is another text, as llama-server's own default has it.
_LEAST = 0.1


class _Held(Struct, frozen=True):
    """What a slot was asked last, by whom (None: it was read from a file), and when."""

    asked: Beginning
    owner: int | None
    order: int


class Slots:
    """Those of one engine. One that is not free is only ever given to one request."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._held: dict[int, _Held] = {}
        self._taken: set[int] = set()
        self._unplaced = 0
        self._clock = itertools.count()

    @contextmanager
    def placed(self, path: str, body: dict[str, Any], owner: Hashable) -> Iterator[dict[str, Any]]:
        """Around a request: its body with the slot that it is to be computed in. Where that cannot be told, the engine
        chooses, also for others meanwhile."""
        if path not in _TAKING:
            yield body
            return
        asked = None if "id_slot" in body else beginning_of(path, body)
        slot = self._choose(asked, hash(owner)) if asked and not self._unplaced else None
        if asked is None or slot is None:
            self._unplaced += 1
            try:
                yield body
            finally:
                self._unplaced -= 1
            return
        self._held[slot] = _Held(asked, hash(owner), next(self._clock))
        self._taken.add(slot)
        try:
            yield body | {"id_slot": slot}
        finally:
            self._taken.discard(slot)

    def restored(self, slot: int, path: str, body: Mapping[str, Any]) -> None:
        """A slot was read from a file that has the beginning of such a request."""
        if asked := beginning_of(path, body):
            self._held[slot] = _Held(asked, None, next(self._clock))

    def _choose(self, asked: Beginning, owner: int) -> int | None:
        """The free slot with the longest common beginning; None when none is free."""
        free = [slot for slot in range(self._number) if slot not in self._taken]
        alike = {slot: self._common(slot, asked) for slot in free}
        longest = max(alike.values(), default=0)
        if longest >= _LEAST * len(asked.text) or self._goes_on(alike, longest):
            return self._best(alike, longest)
        return self._otherwise(free, asked, owner)

    def _goes_on(self, alike: Mapping[int, int], longest: int) -> bool:
        """Whether one of them was asked all of that: then the rest may be its answer, however long that is."""
        return longest > 0 and any(
            common == longest == len(self._held[slot].asked.text) for slot, common in alike.items() if common
        )

    def _common(self, slot: int, asked: Beginning) -> int:
        held = self._held.get(slot)
        return common_length(held.asked.text, asked.text) if held and held.asked.kind == asked.kind else 0

    def _best(self, alike: Mapping[int, int], longest: int) -> int:
        """Of several the one with the shortest text: with that in the slot, the engine brings back no conversation that
        merely begins alike, which would be lost by that."""
        best = [slot for slot, common in alike.items() if common == longest]
        return min(best, key=lambda slot: (len(self._held[slot].asked.text), self._order(slot)))

    def _otherwise(self, free: list[int], asked: Beginning, owner: int) -> int | None:
        """Of the same owner, or out of a file, whatever was asked in another form, as that cannot be compared; else one
        that holds nothing, or what was used longest ago."""
        others = [slot for slot in free if (held := self._held.get(slot)) and held.asked.kind != asked.kind]
        own = [slot for slot in others if self._held[slot].owner in (owner, None)]
        if own:
            return max(own, key=self._order)
        return min(free, key=self._order, default=None)

    def _order(self, slot: int) -> int:
        return self._held[slot].order if slot in self._held else -1
