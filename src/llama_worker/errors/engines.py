"""Errors about engine processes."""

from __future__ import annotations

from typing import Any, Literal

from .general import LlamaWorkerError, known


class EngineError(LlamaWorkerError):
    """Base of the errors about the engine process."""


class EngineNotFoundError(EngineError):
    """Raised when the chosen engine is not installed, not executable, or cannot be started on this machine."""

    code = "engine_not_found"


class EngineRequestError(EngineError):
    """Raised when a living engine answered a request with an error."""

    code = "engine_request_failed"

    def __init__(self, message: str, *, status: int | None = None, **context: Any) -> None:
        super().__init__(message, **context)
        self.status = status

    def details(self) -> dict[str, Any]:
        return super().details() | ({"status": self.status} if self.status is not None else {})


class RequestQuarantinedError(EngineError):
    """Raised for a request that is not sent to the engine again for now, as it was running at several deaths of it.

    `deaths` says at how many. Any other request is served.
    """

    code = "request_quarantined"

    def __init__(self, message: str, *, deaths: int = 0, **context: Any) -> None:
        super().__init__(message, **context)
        self.deaths = deaths

    def details(self) -> dict[str, Any]:
        return super().details() | {"deaths": self.deaths}


class EngineDiedError(EngineError):
    """Raised by every operation that was running when its engine process ended.

    `signal` is the name of the signal ("SIGSEGV") or None, `exit_code` the exit code or None, `phase` one of
    "spawn", "load", "generate", "idle", `log_tail` the engine's last lines on stderr. `out_of_memory` says for want of
    which memory it ended, "system" or "device" (a GPU's); None when it was not for that, or nobody can tell.
    """

    code = "engine_died"

    def __init__(
        self,
        message: str,
        *,
        phase: str,
        signal: str | None = None,
        exit_code: int | None = None,
        pid: int | None = None,
        log_tail: tuple[str, ...] = (),
        out_of_memory: Literal["system", "device"] | None = None,
        **context: Any,
    ) -> None:
        super().__init__(message, **context)
        self.phase = phase
        self.signal = signal
        self.exit_code = exit_code
        self.pid = pid
        self.log_tail = log_tail
        self.out_of_memory = out_of_memory

    def details(self) -> dict[str, Any]:
        facts = {"phase": self.phase, "signal": self.signal, "exitCode": self.exit_code, "pid": self.pid}
        facts |= {"outOfMemory": self.out_of_memory}
        return super().details() | known(facts) | {"logTail": list(self.log_tail)}
