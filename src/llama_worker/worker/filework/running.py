"""A task from its beginning to its file in place, as an operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

from msgspec import Raw, json, structs

from ...ending import in_thread_to_the_end
from ...errors import FileWorkError
from ...messages.events import Event, Processing
from ...models.filework.task import FileTask, Finished
from ...models.filework.workplace import Workplace
from ..operations.operation import Kind, Operation
from .process import FileWorkProcess
from .told import Order

Result = TypeVar("Result")
Politeness = Literal["normal", "background"]


def begin_file_work(
    kind: Kind,
    task: FileTask,
    to_result: Callable[[Finished], Result],
    *,
    politeness: Politeness = "normal",
    sandbox: bool = True,
) -> Operation[Result, Processing]:
    """The task as an operation: its stream are `Processing` events, its result what `to_result` makes of its end.

    An abort kills the process; what it wrote stays for the next attempt.
    """

    async def work(operation: Operation[Result, Processing]) -> Result:
        operation.mark("running")
        finished = await run_task(task, operation.report, politeness=politeness, sandbox=sandbox)
        return to_result(finished)

    return Operation(kind, work, to_item=lambda event: event if isinstance(event, Processing) else None)


async def run_task(
    task: FileTask, report: Callable[[Event], object], *, politeness: Politeness = "normal", sandbox: bool = True
) -> Finished:
    """Do a task in a process of its own, and move what it wrote into place. Raises `FileWorkError` and what the task
    raises."""
    workplace = Workplace(task)
    last = Processing(value=0.0, done_bytes=0, total_bytes=0)

    def hear(event: Processing) -> None:
        nonlocal last
        last = event
        report(event)

    try:
        await in_thread_to_the_end(workplace.open)
        finished = await _process(task, workplace, hear, politeness, sandbox).finished()
        await in_thread_to_the_end(lambda: workplace.deliver(finished.files))
    finally:
        await in_thread_to_the_end(workplace.close)
    report(structs.replace(last, value=1.0, stage="", seconds_left=0.0))
    return finished


def _process(
    task: FileTask, workplace: Workplace, hear: Callable[[Processing], object], politeness: Politeness, sandbox: bool
) -> FileWorkProcess:
    order = Order(
        task=Raw(json.encode(task)),
        reads=task.reads(),
        folder=str(workplace.folder),
        sandbox=sandbox,
        polite=politeness == "background",
    )
    try:
        return FileWorkProcess(order, hear)
    except OSError as error:
        raise FileWorkError(f"No process could be started for this work: {error}.") from error
