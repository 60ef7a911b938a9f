"""Commands that ask a model: an engine's process starts before anything else is imported."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

_ASKING = frozenset({"run", "embed", "rerank", "infill", "transcribe", "render"})
_OTHERWISE = ("-h", "--help", "--engine", "--fake")


def engine_begun(arguments: Sequence[str]) -> AbstractContextManager[None]:
    """In the block a process waits for the model, where the command is likely to want one; see `ahead.py`."""
    if not wants_engine(arguments):
        return nullcontext()
    from ...engine.process.ahead import started_ahead
    from ...engine.process.frozen import is_packed

    if is_packed():  # which may not have said yet how it is started
        return nullcontext()

    return started_ahead()


def wants_engine(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> bool:
    """A guess from the words alone; a process that was not wanted ends with the command."""
    bundled = environment.get("LLAMA_WORKER_ENGINE", "") in ("", "auto", "xllamacpp")
    asks = len(arguments) > 1 and arguments[0] in _ASKING
    return bundled and asks and not any(word.startswith(_OTHERWISE) for word in arguments)
