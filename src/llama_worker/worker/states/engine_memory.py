"""What one engine process holds of what is kept, and what of its slots is not kept yet: as far as can be told from
outside, so that a mistake costs time and never a wrong text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from ...engine.api.endpoints import Slot, Work
from ...engine.settings import EngineSettings
from .state_file import TOKEN_BYTES, common_tokens
from .store import StoredState

# Reading so few tokens is nothing to be spared; at the end of an engine fewer count, as there is no later.
_FEWEST_TOKENS, _FEWEST_AT_LAST = 64, 16
# Bringing back a state is of use for a prompt that has most of it, and of which it is more than a little: llama.cpp
# takes a slot for a prompt only when that goes on from a tenth of it.
_SHARE_OF_STATE, _SHARE_OF_PROMPT = 0.5, 0.2
# While an engine idles, a state is written again when it has grown by this much: writing a conversation as it grows
# then comes to nine times its size in the end, and a death costs a ninth of it.
_GROWTH = 1 / 8
# Reading must take so much longer than keeping and bringing back.
_GAIN = 2.0
# Nobody should wait longer than this for an engine that writes. Until one has shown how fast it does, a gigabyte a
# second is believed, and measured were 1.2 to 3.4.
_LONGEST_SECONDS, _BYTES_PER_SECOND = 2.0, 1e9
# After so many failures in a row, as on a full disk, an engine is not asked again.
_MOST_FAILURES = 3


class _Record(Struct):
    """A slot as it was seen last: `unsaved` tokens of it are not kept, `digest` is what was last kept of it."""

    task: int = -1
    tokens: int = 0
    unsaved: float = 0
    digest: str = ""

    def is_of(self, slot: Slot) -> bool:
        return (self.task, self.tokens) == (slot.id_task, slot.n_prompt_tokens)


class EngineMemory:
    """`states` are those that are kept, and `largest` is how many tokens one may have. `trial` are those brought back
    since an answer came to its end, by slot."""

    def __init__(
        self, settings: EngineSettings, states: Iterable[StoredState], *, bytes_per_token: float, largest: float
    ) -> None:
        self._states = {state.digest: state for state in states}
        self._held: dict[str, StoredState] = {}
        self._sequences = settings.sequences
        self._cache_bytes = settings.prompt_cache_mib << 20
        self._slots: dict[int, _Record] = {}
        self._computed = 0.0
        self._tokens_per_second = 0.0
        self._seconds_per_token = self._latest = bytes_per_token / _BYTES_PER_SECOND
        self._largest = largest
        self._failures = 0
        self.trial: dict[int, StoredState] = {}

    @property
    def states(self) -> tuple[StoredState, ...]:
        return tuple(self._states.values())

    @property
    def lacks_some(self) -> bool:
        """Whether anything is kept that the engine may not hold."""
        return len(self._held) < len(self._states)

    def best_for(self, tokens: bytes) -> StoredState | None:
        """The state that spares the engine most of a prompt, if that is worth it."""
        held = max((common_tokens(state.tokens, tokens) for state in self._held.values()), default=0)
        fewest = max(held + _FEWEST_AT_LAST, _SHARE_OF_PROMPT * len(tokens) / TOKEN_BYTES)
        found = [
            (common, -state.size, state.digest)
            for state in self._states.values()
            if state.digest not in self._held
            and (common := common_tokens(state.tokens, tokens)) >= fewest
            and common >= _SHARE_OF_STATE * len(state.tokens) / TOKEN_BYTES
        ]
        return self._states[max(found)[2]] if found else None

    def slot_to_use(self, slots: Sequence[Slot]) -> int | None:
        """The idle slot whose loss costs least."""
        idle = [slot for slot in slots if not slot.is_processing and slot.id not in self.trial]
        return min(idle, key=self._loss).id if idle else None

    def _loss(self, slot: Slot) -> tuple[float, int]:
        record = self._slots.get(slot.id, _Record())
        return (record.unsaved if record.is_of(slot) else slot.n_prompt_tokens, slot.n_prompt_tokens)

    def look(self, slots: Sequence[Slot], work: Work) -> None:
        """Take what the engine says of itself."""
        computed = work.prompt_tokens + work.generated_tokens
        new, self._computed = max(computed - self._computed, 0.0), computed
        if work.prompt_seconds > 0:
            self._tokens_per_second = work.prompt_tokens / work.prompt_seconds
        for slot in slots:
            record = self._slots.setdefault(slot.id, _Record())
            if not record.is_of(slot):
                record.task, record.tokens = slot.id_task, slot.n_prompt_tokens
                record.unsaved = min(record.tokens, record.unsaved + new) if slot.params.stream else 0

    def worth_keeping(self, *, last: bool) -> list[int]:
        """The slots to be kept, the most urgent first; `last` when the engine is about to end."""
        if self._failures >= _MOST_FAILURES:
            return []
        urgent = sorted(self._slots, key=lambda slot: self._slots[slot].unsaved, reverse=True)
        return [slot for slot in urgent if self._is_worth_keeping(self._slots[slot], last=last)]

    def _is_worth_keeping(self, record: _Record, *, last: bool) -> bool:
        fewest = _FEWEST_AT_LAST if last else max(_FEWEST_TOKENS, _GROWTH * record.tokens)
        reading = record.unsaved / self._tokens_per_second if self._tokens_per_second else 0.0
        keeping = record.tokens * self._seconds_per_token
        if record.tokens > self._largest or keeping > _LONGEST_SECONDS:
            return False
        return record.unsaved >= fewest and reading >= _GAIN * 2 * keeping  # to be kept, and to be brought back

    def kept(self, slot: int, state: StoredState | None, seconds: float) -> None:
        """What the slot holds was kept as `state` (None when it could not be), which took so long."""
        self._slots[slot].unsaved = 0
        self._failures = 0 if state else self._failures + 1
        if state is not None:
            # One that took long on a busy machine must not be the last: only two in a row say that writing is slow.
            latest = seconds * TOKEN_BYTES / len(state.tokens)
            self._seconds_per_token, self._latest = min(latest, self._latest), latest
            for other in self.states:
                if state.tokens.startswith(other.tokens):
                    self.forget(other)
            self._hold(slot, state)

    def left_alone(self, slot: int) -> None:
        """What the slot holds can never be kept, as it has images in it: that is no failure."""
        self._slots[slot].unsaved = 0

    def brought_back(self, slot: int, state: StoredState) -> None:
        """What the slot held before is gone."""
        record = self._slots.setdefault(slot, _Record())
        self._held.pop(record.digest, None)
        record.tokens, record.unsaved = len(state.tokens) // TOKEN_BYTES, 0
        self._hold(slot, state)
        self.trial[slot] = state

    def forget(self, state: StoredState) -> None:
        """It is not kept any more."""
        self._states.pop(state.digest, None)
        self._held.pop(state.digest, None)

    def _hold(self, slot: int, state: StoredState) -> None:
        self._slots[slot].digest = state.digest
        self._states[state.digest] = state
        self._held.pop(state.digest, None)
        self._held[state.digest] = state
        size = 0
        for older in list(reversed(self._held.values()))[self._sequences :]:
            size += older.size  # the engine keeps so much beside its slots
            if size > self._cache_bytes:
                del self._held[older.digest]
