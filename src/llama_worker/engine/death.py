"""How an engine process ended, as an error."""

from __future__ import annotations

from typing import Literal

from ..errors import EngineDiedError, LlamaWorkerError, ModelLoadError
from .process.calling import MODEL_REFUSED_EXIT_CODE
from .process.running import RunningEngine
from .shortage import Memory, memory_asked_in_vain

Phase = Literal["spawn", "load", "generate", "idle"]

_WHILE: dict[Phase, str] = {
    "spawn": "before it was ready to load",
    "load": "while loading the model",
    "generate": "while generating",
    "idle": "while idle",
}


def death_of(process: RunningEngine, model: str, phase: Phase, hung: str | None = None) -> EngineDiedError:
    """The error for a process that is gone; `hung` is what it did when it no longer responded and was ended for it."""
    cause = process.log.cause()
    return EngineDiedError(
        f"The engine process {_how_it_ended(process, hung)} {_WHILE[phase]}{f' ({cause})' if cause else ''}.",
        phase=phase,
        signal=process.signal_name,
        exit_code=process.exit_code,
        pid=process.pid,
        log_tail=process.log.last(),
        out_of_memory=_out_of_memory(process),
        model=model,
    )


def refusal_of(process: RunningEngine, model: str) -> LlamaWorkerError:
    """Why loading ended: refused by the engine, or the engine died of it."""
    if process.exit_code not in (1, MODEL_REFUSED_EXIT_CODE):
        return death_of(process, model, "load")
    cause = process.log.cause() or "it gave no reason"
    return ModelLoadError(
        f"The engine could not load {model}: {cause}.", out_of_memory=_out_of_memory(process), model=model
    )


def _out_of_memory(process: RunningEngine) -> Memory | None:
    return "system" if process.killed_for_memory else memory_asked_in_vain(process.log.last(None))


def _how_it_ended(process: RunningEngine, hung: str | None) -> str:
    if hung is not None:
        return f"stopped responding and was ended ({hung})"
    if process.closed_output:
        return "closed its output and was ended"
    if process.killed_for_memory:
        return "was killed by the system, which had run out of memory,"
    if process.signal_name == "SIGKILL":
        return "was killed (SIGKILL; too little memory is the usual reason)"
    if process.signal_name:
        return f"crashed with {process.signal_name}"
    return f"exited with code {process.exit_code}"
