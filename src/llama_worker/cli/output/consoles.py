"""Where people read: standard error, so that a redirected answer holds nothing but the answer."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from rich.console import Console


class _Notes(Console):
    """What cannot be written there is lost, and the command goes on."""

    def print(self, *objects: Any, **style: Any) -> None:
        with suppress(OSError):
            super().print(*objects, **style)


console = _Notes(stderr=True)
