"""Every error that llama-worker raises on purpose.

    LlamaWorkerError                 llama_worker_error
    ├── InvalidOptionsError          invalid_options        (also a ValueError)
    ├── UnknownMessageError          unknown_message
    ├── InvalidMessageError          invalid_message
    ├── PortClosedError              port_closed
    ├── WorkerClosedError            worker_closed
    ├── QueueFullError               queue_full
    ├── ModelError
    │   ├── ModelNotFoundError       model_not_found        (also a FileNotFoundError)
    │   ├── InvalidModelError        invalid_model
    │   ├── ModelLoadError           model_load_failed
    │   ├── ModelNotLoadedError      model_not_loaded
    │   └── InsufficientMemoryError  insufficient_memory
    ├── SessionError
    │   ├── ContextNotCreatedError   context_not_created
    │   ├── SessionNotLoadedError    session_not_loaded
    │   ├── ContextOverflowError     context_overflow
    │   ├── InvalidSessionFileError  invalid_session_file
    │   └── SessionNotFoundError     session_not_found      (also a FileNotFoundError)
    ├── GenerationError
    │   ├── InvalidOutputError       invalid_output
    │   └── FunctionCallError        function_call_failed
    ├── EngineError
    │   ├── EngineNotFoundError      engine_not_found
    │   ├── EngineRequestError       engine_request_failed
    │   └── EngineDiedError          engine_died
    ├── OperationAborted             aborted
    ├── PauseNotSupportedError       pause_not_supported
    └── DownloadError                download_failed
        └── IntegrityError           integrity_failed

`code` is stable and travels in messages: a program decides by the code, a person reads the message.
The message is one sentence that says what happened and, where something can be done, what to do.
"""

from __future__ import annotations

from typing import Any, ClassVar


class LlamaWorkerError(Exception):
    """Base of every error of this package."""

    code: ClassVar[str] = "llama_worker_error"

    def __init__(self, message: str, *, model: str | None = None, operation_id: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.model = model
        self.operation_id = operation_id

    def details(self) -> dict[str, Any]:
        """The facts beside the message, as plain JSON values; absent facts are left out."""
        facts = {"model": self.model, "operationId": self.operation_id}
        return {name: value for name, value in facts.items() if value is not None}


class InvalidOptionsError(LlamaWorkerError, ValueError):
    """Raised before anything is started when an option has a wrong type, range or combination."""

    code = "invalid_options"

    def __init__(self, message: str, *, path: str | None = None, **context: Any) -> None:
        super().__init__(message, **context)
        self.path = path

    def details(self) -> dict[str, Any]:
        return super().details() | ({"path": self.path} if self.path else {})


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
    """Raised when a worker is used after `cleanup()`."""

    code = "worker_closed"


class QueueFullError(LlamaWorkerError):
    """Raised when as many requests wait as the worker was told to let wait."""

    code = "queue_full"


class ModelError(LlamaWorkerError):
    """Base of the errors about a model file or a loaded model."""


class ModelNotFoundError(ModelError, FileNotFoundError):
    """Raised when a model name or path leads to no file."""

    code = "model_not_found"


class InvalidModelError(ModelError):
    """Raised when a file is not a GGUF model, or is a broken one."""

    code = "invalid_model"


class ModelLoadError(ModelError):
    """Raised when the engine refused a model; the message carries the engine's own reason."""

    code = "model_load_failed"


class ModelNotLoadedError(ModelError):
    """Raised when a method needs a loaded model and there is none."""

    code = "model_not_loaded"

    def __init__(self, message: str = "Model not loaded.", **context: Any) -> None:
        super().__init__(message, **context)


class InsufficientMemoryError(ModelError):
    """Raised before loading when the model would not fit into the free memory."""

    code = "insufficient_memory"

    def __init__(
        self,
        message: str,
        *,
        required_bytes: int | None = None,
        available_bytes: int | None = None,
        **context: Any,
    ) -> None:
        super().__init__(message, **context)
        self.required_bytes = required_bytes
        self.available_bytes = available_bytes

    def details(self) -> dict[str, Any]:
        facts = {"requiredBytes": self.required_bytes, "availableBytes": self.available_bytes}
        return super().details() | {name: value for name, value in facts.items() if value is not None}


class SessionError(LlamaWorkerError):
    """Base of the errors about contexts and chat sessions."""


class ContextNotCreatedError(SessionError):
    """Raised when a method needs a context and `create_context` was not called."""

    code = "context_not_created"

    def __init__(self, message: str = "Context not created.", **context: Any) -> None:
        super().__init__(message, **context)


class SessionNotLoadedError(SessionError):
    """Raised when a prompt is sent before a chat session exists."""

    code = "session_not_loaded"

    def __init__(self, message: str = "Session not loaded.", **context: Any) -> None:
        super().__init__(message, **context)


class ContextOverflowError(SessionError):
    """Raised when a prompt does not fit into the context; carries both sizes in tokens."""

    code = "context_overflow"

    def __init__(
        self,
        message: str,
        *,
        prompt_tokens: int | None = None,
        context_size: int | None = None,
        **context: Any,
    ) -> None:
        super().__init__(message, **context)
        self.prompt_tokens = prompt_tokens
        self.context_size = context_size

    def details(self) -> dict[str, Any]:
        facts = {"promptTokens": self.prompt_tokens, "contextSize": self.context_size}
        return super().details() | {name: value for name, value in facts.items() if value is not None}


class InvalidSessionFileError(SessionError):
    """Raised when a saved session is damaged, of another model or of a newer version; nothing was changed."""

    code = "invalid_session_file"


class SessionNotFoundError(SessionError, FileNotFoundError):
    """Raised over a port when there is no file of that name with a session."""

    code = "session_not_found"


class GenerationError(LlamaWorkerError):
    """Base of the errors about what a model generated."""


class InvalidOutputError(GenerationError):
    """Raised when an answer is not of the form that was asked for; `text` is the answer as it came."""

    code = "invalid_output"

    def __init__(self, message: str, *, text: str, **context: Any) -> None:
        super().__init__(message, **context)
        self.text = text

    def details(self) -> dict[str, Any]:
        return super().details() | {"text": self.text}


class FunctionCallError(GenerationError):
    """Raised when a function failed and `on_function_error` is "raise"; its own error is the `__cause__`."""

    code = "function_call_failed"

    def __init__(self, message: str, *, function: str, **context: Any) -> None:
        super().__init__(message, **context)
        self.function = function

    def details(self) -> dict[str, Any]:
        return super().details() | {"function": self.function}


class EngineError(LlamaWorkerError):
    """Base of the errors about the engine process."""


class EngineNotFoundError(EngineError):
    """Raised when the chosen engine is not installed or not executable."""

    code = "engine_not_found"


class EngineRequestError(EngineError):
    """Raised when a living engine answered a request with an error."""

    code = "engine_request_failed"

    def __init__(self, message: str, *, status: int | None = None, **context: Any) -> None:
        super().__init__(message, **context)
        self.status = status

    def details(self) -> dict[str, Any]:
        return super().details() | ({"status": self.status} if self.status is not None else {})


class EngineDiedError(EngineError):
    """Raised by every operation that was running when its engine process ended.

    `signal` is the name of the signal ("SIGSEGV") or None, `exit_code` the exit code or None, `phase` one of
    "spawn", "load", "generate", "idle", `log_tail` the engine's last lines on stderr.
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
        **context: Any,
    ) -> None:
        super().__init__(message, **context)
        self.phase = phase
        self.signal = signal
        self.exit_code = exit_code
        self.pid = pid
        self.log_tail = log_tail

    def details(self) -> dict[str, Any]:
        facts = {"phase": self.phase, "signal": self.signal, "exitCode": self.exit_code, "pid": self.pid}
        known = {name: value for name, value in facts.items() if value is not None}
        return super().details() | known | {"logTail": list(self.log_tail)}


class OperationAborted(LlamaWorkerError):
    """Raised by `await operation` after an abort; `partial` is the reply as far as it had come, or None."""

    code = "aborted"

    def __init__(self, message: str = "The operation was aborted.", *, partial: Any = None, **context: Any) -> None:
        super().__init__(message, **context)
        self.partial = partial


class PauseNotSupportedError(LlamaWorkerError):
    """Raised by `pause()` of an operation that is no generation."""

    code = "pause_not_supported"


class DownloadError(LlamaWorkerError):
    """Raised when a download cannot be completed.

    `reason` is one of "unauthorized", "rate_limited", "server", "network", "stalled", "redirect", "offline",
    "disk_full", "not_writable", or None; `status` is the HTTP status that was answered, if any.
    """

    code = "download_failed"

    def __init__(self, message: str, *, reason: str | None = None, status: int | None = None, **context: Any) -> None:
        super().__init__(message, **context)
        self.reason = reason
        self.status = status

    def details(self) -> dict[str, Any]:
        facts = {"reason": self.reason, "status": self.status}
        return super().details() | {name: value for name, value in facts.items() if value is not None}


class IntegrityError(DownloadError):
    """Raised when the downloaded bytes are not the bytes that were promised."""

    code = "integrity_failed"
