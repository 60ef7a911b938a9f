"""The first load of a program: what loads models is imported while an engine's process starts beside it.

Either takes about as long as the other, and neither is of any use to a program that loads nothing.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from importlib import import_module
from typing import TYPE_CHECKING

from ..stand_in import stand_in

if TYPE_CHECKING:
    from ...engine.command import EngineKind

_LOADING = ("llama_worker.worker.opening", "llama_worker.worker.residency.starting")
_ANSWERING = "llama_worker.worker.model"


@asynccontextmanager
async def ready_to_load(kind: EngineKind) -> AsyncIterator[None]:
    """In the block everything is imported that loads a model into an engine of that kind.

    For the first load of a program a process is started, too, and ended with the block if it was not wanted.
    """
    if _ANSWERING in sys.modules:
        yield
        return
    with _begun(kind):
        await asyncio.to_thread(lambda: [import_module(name) for name in _LOADING])
        yield


def import_what_answers() -> None:
    """In a thread, for when the engine's process has the processor for itself. Whoever needs it meanwhile waits."""
    if _ANSWERING not in sys.modules:
        asyncio.get_running_loop().run_in_executor(None, import_module, _ANSWERING)


def _begun(kind: EngineKind) -> AbstractContextManager[None]:
    if not kind.bundled or stand_in():
        return nullcontext()
    from ...engine.process.ahead import started_ahead

    return started_ahead()
