"""Where people read: standard error, so that a redirected answer holds nothing but the answer."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .texts import on_terminal

if TYPE_CHECKING:
    from rich.console import Console

# With these rich may take any stream for a terminal.
_SAYS_SO = ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")


class _Notes:
    """What cannot be written there is lost, and the command goes on."""

    @cached_property
    def rich(self) -> Console:
        from rich.console import Console  # takes longer to import than a small model's first token

        return Console(stderr=True)

    @property
    def is_terminal(self) -> bool:
        return (on_terminal(sys.stderr) or any(map(os.environ.get, _SAYS_SO))) and self.rich.is_terminal

    def print(self, *objects: Any, **style: Any) -> None:
        with suppress(OSError):
            self.rich.print(*objects, **style)


console = _Notes()
