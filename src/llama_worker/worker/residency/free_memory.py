"""How much memory another engine may take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from ...models.memory.available import AvailableMemory
from .resident import Resident


class FreeMemory(Struct, frozen=True):
    """Bytes: `of_machine` and, with a budget, `of_budget` that an engine may take, `mapped` those that the system could
    find beyond them by dropping pages of other models' files, `in_motion` those of engines that are starting or being
    ended, or may be when their load is over, of which more is known then."""

    of_machine: int
    of_budget: int | None = None
    mapped: int = 0
    in_motion: int = 0

    @property
    def bytes(self) -> int:
        return self.of_machine if self.of_budget is None else min(self.of_machine, self.of_budget)

    def without(self, leaving: Iterable[Resident]) -> int:
        """What there could be at most if these left."""
        more = sum(other.taken_bytes for other in leaving) + self.in_motion
        machine = self.of_machine + self.mapped
        return more + (machine if self.of_budget is None else min(machine, self.of_budget))


def free_memory(budget: int | None, machine: AvailableMemory, others: Sequence[Resident]) -> FreeMemory:
    """What is left beside the other models of the worker.

    Engines that are starting have not taken yet what they will take. The pages of mapped files count as free for the
    system, but a model whose file is read again from the disk for each token is of no use; where a control group sets
    the limit, most of them count as taken already.
    """
    starting = sum(other.taken_bytes for other in others if other.starting)
    ending = sum(other.taken_bytes for other in others if other.leaving)
    settling = sum(other.taken_bytes for other in others if other.settling and other.may_leave and not other.leaving)
    mapped = sum(other.mapped_bytes for other in others) if machine.limited_by == "machine" else 0
    return FreeMemory(
        of_machine=machine.available_bytes - starting - mapped,
        of_budget=None if budget is None else budget - sum(other.taken_bytes for other in others),
        mapped=mapped,
        in_motion=starting + ending + settling,
    )
