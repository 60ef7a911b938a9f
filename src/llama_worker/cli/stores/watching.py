"""Work on models that are not loaded, behind a progress bar."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from ...messages.events import Progress, progress_of
from ...worker.operations.operation import Operation
from ..progress import watch

Result = TypeVar("Result")
Report = Callable[[Progress], None]


async def watched(work: Callable[[Report], Awaitable[Result]], what: str, *, quiet: bool = False) -> Result:
    """The result of `work`, which says how far it is. Being cancelled ends it."""

    async def run(operation: Operation[Result, Progress]) -> Result:
        return await work(operation.report)

    return await watch(Operation("verify", run, to_item=progress_of), what, quiet=quiet)
