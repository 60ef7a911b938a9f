"""Progress bars, which only a terminal gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ..messages.events import Downloading, Processing, Progress
from ..worker.operations.operation import Operation
from .output.consoles import console
from .output.texts import columns

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

    from ..worker.model import Model

Result = TypeVar("Result")
_STAGED = (Downloading, Processing)
_BESIDE_THE_NAME, _BESIDE_THE_BAR = 22, 60  # columns


async def watch_load(load: Operation[Model, Progress], name: str, *, quiet: bool = False) -> Model:
    """Await a load behind a progress bar."""
    return await watch(load, f"Loading {name}", quiet=quiet)


async def watch(operation: Operation[Result, Progress], what: str, *, quiet: bool = False) -> Result:
    """Await an operation behind a progress bar that says what is done."""
    if quiet or not console.is_terminal:
        return await operation
    from rich.markup import escape
    from rich.progress import Progress as Bars

    with Bars(*_columns(), console=console.rich, transient=True) as bars:
        bar = bars.add_task(escape(_shortened(what)), total=1.0)
        async for progress in operation:
            stage = escape(_shortened(progress.stage)) if isinstance(progress, _STAGED) else None
            bars.update(bar, completed=progress.value, description=stage)
    return await operation


def _columns() -> list[ProgressColumn]:
    """A narrow terminal has no room for the bar itself."""
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn

    bar = [BarColumn()] if columns() >= _BESIDE_THE_BAR else []
    return [TextColumn("{task.description}"), *bar, TextColumn("{task.percentage:3.0f}%"), TimeElapsedColumn()]


def _shortened(text: str) -> str:
    room = max(columns() - (_BESIDE_THE_NAME if columns() < _BESIDE_THE_BAR else _BESIDE_THE_BAR), 12)
    return text if len(text) <= room else f"{text[: room // 3]}…{text[-(room - room // 3 - 1) :]}"
