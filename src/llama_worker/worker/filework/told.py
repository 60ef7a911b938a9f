"""What is said between a program and its process for file work: one line in, lines of JSON out."""

from __future__ import annotations

from typing import Any

from msgspec import Raw, Struct

from ...messages.events import Processing
from ...models.filework.task import Finished


class Order(Struct, frozen=True, kw_only=True):
    """The line that the process is told: a task (`models/filework/tasks.py`), and what it may do."""

    task: Raw
    reads: tuple[str, ...]
    folder: str
    sandbox: bool = True
    polite: bool = False


class Failed(Struct, frozen=True, kw_only=True, tag=True):
    """An error of this package, by its code."""

    code: str
    message: str
    details: dict[str, Any]


class Ended(Struct, frozen=True, kw_only=True, tag=True):
    """The task is done."""

    finished: Finished


Said = Processing | Failed | Ended
