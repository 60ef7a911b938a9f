"""What is said when there is no room for an engine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ...engine.settings import EngineSettings
from ...errors import InsufficientMemoryError
from ...options.spelling import enumerated
from ..loading import require_memory_for
from .free_memory import FreeMemory
from .resident import Resident


async def refuse(resident: Resident, settings: EngineSettings, free: FreeMemory, others: Sequence[Resident]) -> None:
    """Raise `InsufficientMemoryError`, which names the busy models without which it would fit.

    Nothing is raised where the system may yet find room, by dropping pages of mapped files, and where nobody wants to
    be kept from trying.
    """
    if resident.of.options.ignore_memory_safety_checks:
        return
    needed, busy = resident.needs(settings), _in_the_way(resident, settings, free, others)
    if free.of_budget is not None and needed > free.of_budget:
        raise InsufficientMemoryError(
            f"{resident.name} needs {_gigabytes(needed)}, and {_gigabytes(max(free.of_budget, 0))} of the memory "
            f"budget are free{_beside(others)}; unload a model, load one with keep=False, or raise memory_budget.",
            required_bytes=needed,
            available_bytes=max(free.of_budget, 0),
            busy=busy,
            model=resident.name,
        )
    try:
        await asyncio.to_thread(require_memory_for, settings, resident.of.header, resident.of.devices)
    except InsufficientMemoryError as error:
        error.busy = busy
        raise


def _in_the_way(
    resident: Resident, settings: EngineSettings, free: FreeMemory, others: Sequence[Resident]
) -> tuple[str, ...]:
    """The models that may leave but are in use, if it would fit without them."""
    leaving = [other for other in others if other.may_leave]
    fits = resident.needs(settings) <= free.without(leaving)
    return tuple(other.name for other in leaving if not other.idle) if fits else ()


def _beside(others: Sequence[Resident]) -> str:
    """Who holds the rest, and why it cannot be taken."""
    held = [f"{other.name} ({'is kept' if other.keep else 'is in use'})" for other in others if other.running]
    return f" beside {enumerated(held)}" if held else ""


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.2f} GB"
