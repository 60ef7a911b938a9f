"""A task from its beginning to its file in place, as an operation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
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
Report = Callable[[Event], object]
FileWork = Callable[[Report], Awaitable[Result]]
"""What is done with model files: tasks, and what is planned before; it is given whom to tell how far it is."""


def begin_file_work(kind: Kind, work: FileWork[Result]) -> Operation[Result, Processing]:
    """The work as an operation, whose stream are `Processing` events.

    An abort cancels it, which kills the process of a task; what that wrote stays for the next attempt.
    """

    async def run(operation: Operation[Result, Processing]) -> Result:
        operation.mark("running")
        return await work(operation.report)

    return Operation(kind, run, to_item=lambda event: event if isinstance(event, Processing) else None)


async def run_task(
    task: FileTask, report: Report, *, politeness: Politeness = "normal", sandbox: bool = True
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
