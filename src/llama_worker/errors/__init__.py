"""Every error that llama-worker raises on purpose.

    LlamaWorkerError                 llama_worker_error
    ├── InvalidOptionsError          invalid_options        (also a ValueError)
    │   ├── ConfigurationError       invalid_configuration
    │   ├── InvalidMediaError        invalid_media
    │   ├── MediaNotSupportedError   media_not_supported
    │   └── NotReproducibleError     not_reproducible
    ├── UnknownMessageError          unknown_message
    ├── InvalidMessageError          invalid_message
    ├── PortClosedError              port_closed
    ├── WorkerClosedError            worker_closed
    ├── QueueFullError               queue_full
    ├── SlowReaderError              slow_reader
    ├── ModelError
    │   ├── ModelNotFoundError       model_not_found        (also a FileNotFoundError)
    │   │   └── NoGgufError          no_gguf
    │   ├── InvalidModelError        invalid_model
    │   ├── ModelLoadError           model_load_failed
    │   ├── ModelNotLoadedError      model_not_loaded
    │   ├── ModelNotLockedError      model_not_locked
    │   ├── ModelNotSignedError      model_not_signed
    │   ├── NotSupportedError        not_supported
    │   └── InsufficientMemoryError  insufficient_memory
    ├── SessionError
    │   ├── ContextNotCreatedError   context_not_created
    │   ├── SessionNotLoadedError    session_not_loaded
    │   ├── ContextOverflowError     context_overflow
    │   │   └── TextTooLongError     text_too_long
    │   ├── SharedContextFullError   shared_context_full
    │   ├── OverflowStrategyError    overflow_strategy_failed
    │   ├── InvalidSessionFileError  invalid_session_file
    │   ├── SessionConflictError     session_conflict
    │   └── SessionFileError         session_file_failed    (also an OSError)
    │       └── SessionNotFoundError session_not_found      (also a FileNotFoundError)
    ├── GenerationError
    │   ├── InvalidOutputError       invalid_output
    │   │   └── MalformedOutputError malformed_output
    │   ├── ResumeError              resume_failed
    │   └── FunctionCallError        function_call_failed
    │       └── ApprovalError        approval_failed
    ├── EngineError
    │   ├── EngineNotFoundError      engine_not_found
    │   ├── EngineRequestError       engine_request_failed
    │   ├── RequestQuarantinedError  request_quarantined
    │   └── EngineDiedError          engine_died
    ├── McpServerError               mcp_server_failed
    ├── MissingPackageError          missing_package
    ├── OperationAborted             aborted
    ├── PauseNotSupportedError       pause_not_supported
    ├── FileWorkError                file_work_failed
    └── DownloadError                download_failed
        ├── DownloadRefusedError     download_refused
        ├── GatedModelError          model_gated
        └── IntegrityError           integrity_failed

`code` is stable and travels in messages: a program decides by the code, a person reads the message.
The message is one sentence that says what happened and, where something can be done, what to do.
"""

from __future__ import annotations

from .engines import (
    EngineDiedError,
    EngineError,
    EngineNotFoundError,
    EngineRequestError,
    RequestQuarantinedError,
)
from .general import (
    ConfigurationError,
    InvalidMessageError,
    InvalidOptionsError,
    LlamaWorkerError,
    NotReproducibleError,
    OperationAborted,
    PauseNotSupportedError,
    PortClosedError,
    QueueFullError,
    SlowReaderError,
    UnknownMessageError,
    WorkerClosedError,
)
from .mcp import McpServerError, MissingPackageError
from .media import InvalidMediaError, MediaNotSupportedError
from .models import (
    DownloadError,
    DownloadRefusedError,
    FileWorkError,
    GatedModelError,
    InsufficientMemoryError,
    IntegrityError,
    InvalidModelError,
    ModelError,
    ModelLoadError,
    ModelNotFoundError,
    ModelNotLoadedError,
    ModelNotLockedError,
    ModelNotSignedError,
    NoGgufError,
    NotSupportedError,
)
from .sessions import (
    ApprovalError,
    ContextNotCreatedError,
    ContextOverflowError,
    FunctionCallError,
    GenerationError,
    InvalidOutputError,
    InvalidSessionFileError,
    MalformedOutputError,
    OverflowStrategyError,
    ResumeError,
    SessionConflictError,
    SessionError,
    SessionFileError,
    SessionNotFoundError,
    SessionNotLoadedError,
    SharedContextFullError,
    TextTooLongError,
)

__all__ = [
    "ApprovalError",
    "ConfigurationError",
    "ContextNotCreatedError",
    "ContextOverflowError",
    "DownloadError",
    "DownloadRefusedError",
    "EngineDiedError",
    "EngineError",
    "EngineNotFoundError",
    "EngineRequestError",
    "FileWorkError",
    "FunctionCallError",
    "GatedModelError",
    "GenerationError",
    "InsufficientMemoryError",
    "IntegrityError",
    "InvalidMediaError",
    "InvalidMessageError",
    "InvalidModelError",
    "InvalidOptionsError",
    "InvalidOutputError",
    "InvalidSessionFileError",
    "LlamaWorkerError",
    "MalformedOutputError",
    "McpServerError",
    "MediaNotSupportedError",
    "MissingPackageError",
    "ModelError",
    "ModelLoadError",
    "ModelNotFoundError",
    "ModelNotLoadedError",
    "ModelNotLockedError",
    "ModelNotSignedError",
    "NoGgufError",
    "NotReproducibleError",
    "NotSupportedError",
    "OperationAborted",
    "OverflowStrategyError",
    "PauseNotSupportedError",
    "PortClosedError",
    "QueueFullError",
    "RequestQuarantinedError",
    "ResumeError",
    "SessionConflictError",
    "SessionError",
    "SessionFileError",
    "SessionNotFoundError",
    "SessionNotLoadedError",
    "SharedContextFullError",
    "SlowReaderError",
    "TextTooLongError",
    "UnknownMessageError",
    "WorkerClosedError",
]
