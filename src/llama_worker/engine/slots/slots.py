"""The slots of an engine (its sequences), and what each was asked last.

llama-server looks for the slot that holds most of a prompt itself. But where conversations begin alike, as those of one
program do, it takes any that has the common beginning: what that slot held beyond it is lost, and so is the way back to
what the engine keeps of the conversation itself. Told which slot to take, and that what is merely alike is not the same
(`ALIKE`), it keeps what the slot holds and brings back what it kept. Only for an empty slot that it is told to take it
brings back nothing: such a slot is for what it has not read, and where no other is free, it has to choose by itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from msgspec import Struct

from ..api.endpoints import CHAT_COMPLETIONS, COMPLETION, COMPLETIONS, EMBEDDINGS, INFILL, RERANK
from .beginning import Beginning, beginning_of, common_length

_TAKING = frozenset({CHAT_COMPLETIONS, COMPLETION, COMPLETIONS, INFILL, EMBEDDINGS, RERANK})
# Of a prompt: what has less of it in common is another text, as llama-server's own default has it.
_LEAST = 0.1
# Of a prompt: reading less than that again is better than to move another conversation out of its slot.
_WORTH_MOVING = 0.5


class _Held(Struct, frozen=True):
    """What a slot was asked last, by whom (None: it was read from a file), and when."""

    asked: Beginning
    owner: int | None
    order: int


class Slots:
    """Those of one engine. One that is not free is only ever given to one request. `keeps`: it has a cache for what has
    left its slot."""

    def __init__(self, number: int, *, keeps: bool = True) -> None:
        self._number = number
        self._keeps = keeps
        self._held: dict[int, _Held] = {}
        self._taken: set[int] = set()
        self._unplaced = 0
        self._guessed = False  # whether a slot may hold what was asked in none that is known
        self._displaced = False  # whether the engine may keep something beside what the slots hold
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
            self._guessed = True
            try:
                yield body
            finally:
                self._unplaced -= 1
            return
        told = {} if self._brings_back_by_itself(slot, asked) else {"id_slot": slot}
        self._hold(slot, asked, hash(owner))
        self._taken.add(slot)
        try:
            yield body | told
        finally:
            self._taken.discard(slot)

    def restored(self, slot: int, path: str, body: Mapping[str, Any]) -> None:
        """A slot was read from a file that has the beginning of such a request."""
        if asked := beginning_of(path, body):
            self._hold(slot, asked, None)

    def _hold(self, slot: int, asked: Beginning, owner: int | None) -> None:
        before = self._held.get(slot)
        if self._keeps and before and not asked.text.startswith(before.asked.text):
            self._displaced = True
        self._held[slot] = _Held(asked, owner, next(self._clock))

    def _brings_back_by_itself(self, slot: int, asked: Beginning) -> bool:
        """Whether the engine, which takes the slot used longest ago, will take this empty one and look what it kept."""
        return self._displaced and not asked.first and not self._guessed and slot not in self._held

    def _choose(self, asked: Beginning, owner: int) -> int | None:
        """The free slot with the longest common beginning; None when none is free."""
        free = [slot for slot in range(self._number) if slot not in self._taken]
        alike = {slot: self._common(slot, asked) for slot in free}
        longest = max(alike.values(), default=0)
        if longest >= _WORTH_MOVING * len(asked.text) or self._goes_on(alike, longest):
            return self._best(alike, longest)
        empty = [slot for slot in free if slot not in self._held]
        if empty and (asked.first or not self._displaced) and not self._own(free, asked, owner):
            return empty[0]
        if longest >= _LEAST * len(asked.text):
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

    def _own(self, free: list[int], asked: Beginning, owner: int) -> list[int]:
        """Those that hold what the same owner asked in another form, or that were read from a file, as that cannot be
        compared."""
        others = [slot for slot in free if (held := self._held.get(slot)) and held.asked.kind != asked.kind]
        return [slot for slot in others if self._held[slot].owner in (owner, None)]

    def _otherwise(self, free: list[int], asked: Beginning, owner: int) -> int | None:
        """One of the same owner; else what was used longest ago; an empty one at last, of those the one that the engine
        would take."""
        if own := self._own(free, asked, owner):
            return max(own, key=self._order)
        held = [slot for slot in free if slot in self._held]
        return min(held, key=self._order) if held else max(free, default=None)

    def _order(self, slot: int) -> int:
        return self._held[slot].order if slot in self._held else -1
