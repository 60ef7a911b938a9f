"""For programs packed into one executable (PyInstaller and the like), whose `sys.executable` is no Python."""

from __future__ import annotations

import sys

from ...errors import EngineNotFoundError
from .calling import FOLLOW

CHILD_MODULE = "llama_worker.engine.process.child"
_CHILD_ARGUMENTS = ["-P", "-m", CHILD_MODULE]
_supported = False


def freeze_support() -> None:
    """Call this first in a program that will be packed into an executable; elsewhere it does nothing.

    The engine process is that same executable, started with arguments that this function recognizes: it then becomes
    the engine and never returns.
    """
    global _supported
    _supported = True
    if getattr(sys, "frozen", False) and sys.argv[1:4] == _CHILD_ARGUMENTS:
        from .child import main

        sys.argv[1:4] = []
        main()


def child_command() -> list[str]:
    """How to start the engine process.

    Raises `EngineNotFoundError` in a packed program that has not called `freeze_support()`: it would start itself
    again and again.
    """
    if getattr(sys, "frozen", False) and not _supported:
        raise EngineNotFoundError("A packed program must call llama_worker.freeze_support() before anything else.")
    return [sys.executable, *_CHILD_ARGUMENTS]


def bundled_command(*, follow: bool) -> list[str]:
    """A process that will serve a model with the bundled engine; with `follow` the number of its threads will follow
    the CPUs that they may use. Raises `EngineNotFoundError`."""
    return [*child_command(), *([FOLLOW] if follow else [])]
