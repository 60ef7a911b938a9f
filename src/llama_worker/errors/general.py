"""The base of all errors, and those of no part in particular."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


def known(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that are not None."""
    return {name: value for name, value in facts.items() if value is not None}


def printable(text: str) -> str:
    """`text` as every terminal, file and port takes it: half of a surrogate pair becomes an escape."""
    return text.encode(errors="backslashreplace").decode()


class LlamaWorkerError(Exception):
    """Base of every error of this package."""

    code: ClassVar[str] = "llama_worker_error"

    def __init__(self, message: str, *, model: str | None = None, operation_id: str | None = None) -> None:
        self.message = printable(message)
        super().__init__(self.message)
        self.model = model and printable(model)
        self.operation_id = operation_id

    def details(self) -> dict[str, Any]:
        """The facts beside the message, as plain JSON values; absent facts are left out."""
        facts = {"model": self.model, "operationId": self.operation_id}
        return known(facts)


class InvalidOptionsError(LlamaWorkerError, ValueError):
    """Raised before anything is started when an option has a wrong type, range or combination."""

    code = "invalid_options"

    def __init__(self, message: str, *, path: str | None = None, **context: Any) -> None:
        super().__init__(message, **context)
        self.path = path and printable(path)

    def details(self) -> dict[str, Any]:
        return super().details() | ({"path": self.path} if self.path else {})


class NotReproducibleError(InvalidOptionsError):
    """Raised where `reproducible` cannot be promised; the sentence says what stands against it."""

    code = "not_reproducible"


class ConfigurationError(InvalidOptionsError):
    """Raised for a mistake in a configuration file, with the file and, where they are known, the line and column of it,
    counted from 1."""

    code = "invalid_configuration"

    def __init__(
        self,
        message: str,
        *,
        path: str | None = None,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        **context: Any,
    ) -> None:
        super().__init__(message, path=path, **context)
        self.file, self.line, self.column = file and printable(file), line, column

    def details(self) -> dict[str, Any]:
        return super().details() | known({"file": self.file, "line": self.line, "column": self.column})


class UnknownMessageError(LlamaWorkerError):
    """Raised when a message has a type that the protocol does not know."""

    code = "unknown_message"


class InvalidMessageError(LlamaWorkerError):
    """Raised when something that came over a port is no message at all, is too long, or reuses a running id."""

    code = "invalid_message"


class PortClosedError(LlamaWorkerError):
    """Raised when the other side of a port has left; what was asked over it is lost."""

    code = "port_closed"


class WorkerClosedError(LlamaWorkerError):
    """Raised when a worker is used after `cleanup()`, or from another event loop or process than its own."""

    code = "worker_closed"

    def __init__(
        self, message: str = "The worker was cleaned up: call initialize() to use it again.", **context: Any
    ) -> None:
        super().__init__(message, **context)


class QueueFullError(LlamaWorkerError):
    """Raised when as many requests wait as the worker was told to let wait."""

    code = "queue_full"


class SlowReaderError(LlamaWorkerError):
    """What a streamed answer ends with when its reader fell too far behind and then took nothing for too long."""

    code = "slow_reader"


class OperationAborted(LlamaWorkerError):
    """Raised by `await operation` after an abort; `partial` is the reply as far as it had come, or None."""

    code = "aborted"

    def __init__(self, message: str = "The operation was aborted.", *, partial: Any = None, **context: Any) -> None:
        super().__init__(message, **context)
        self.partial = partial


class PauseNotSupportedError(LlamaWorkerError):
    """Raised by `pause()` of an operation that is no generation."""

    code = "pause_not_supported"
