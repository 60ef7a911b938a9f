"""Errors about model files: found, broken, loaded, downloaded."""

from __future__ import annotations

from typing import Any, Literal

from .general import LlamaWorkerError, known


class ModelError(LlamaWorkerError):
    """Base of the errors about a model file or a loaded model."""


class ModelNotFoundError(ModelError, FileNotFoundError):
    """Raised when a model name or path leads to no file."""

    code = "model_not_found"


class NoGgufError(ModelNotFoundError):
    """Raised when a repository of a hub has no GGUF file; `offers` are names of repositories that say they hold GGUF
    files made from it, the most downloaded first."""

    code = "no_gguf"

    def __init__(self, message: str, *, offers: tuple[str, ...] = (), **context: Any) -> None:
        super().__init__(message, **context)
        self.offers = offers

    def details(self) -> dict[str, Any]:
        return super().details() | {"offers": list(self.offers)}


class InvalidModelError(ModelError):
    """Raised when a file is not a GGUF model, or is a broken one."""

    code = "invalid_model"


class ModelLoadError(ModelError):
    """Raised when the engine refused a model; the message carries the engine's own reason.

    `out_of_memory` is as that of `EngineDiedError`.
    """

    code = "model_load_failed"

    def __init__(
        self, message: str, *, out_of_memory: Literal["system", "device"] | None = None, **context: Any
    ) -> None:
        super().__init__(message, **context)
        self.out_of_memory = out_of_memory

    def details(self) -> dict[str, Any]:
        return super().details() | known({"outOfMemory": self.out_of_memory})


class ModelNotLoadedError(ModelError):
    """Raised when a method needs a loaded model and there is none."""

    code = "model_not_loaded"

    def __init__(self, message: str = "Model not loaded.", **context: Any) -> None:
        super().__init__(message, **context)


class NotSupportedError(ModelError):
    """Raised when a model, as it is or as it was loaded, cannot do what it is asked for."""

    code = "not_supported"


class InsufficientMemoryError(ModelError):
    """Raised before loading when the model would not fit into the free memory, and when an engine ran out of memory
    though it was tried with less.

    `busy`: models that would make room for it if they were not in use right now.
    """

    code = "insufficient_memory"

    def __init__(
        self,
        message: str,
        *,
        required_bytes: int | None = None,
        available_bytes: int | None = None,
        busy: tuple[str, ...] = (),
        **context: Any,
    ) -> None:
        super().__init__(message, **context)
        self.required_bytes = required_bytes
        self.available_bytes = available_bytes
        self.busy = busy

    def details(self) -> dict[str, Any]:
        facts = {"requiredBytes": self.required_bytes, "availableBytes": self.available_bytes}
        return super().details() | known(facts) | ({"busy": list(self.busy)} if self.busy else {})


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
        return super().details() | known(facts)


class GatedModelError(DownloadError):
    """Raised when a model is only for those who have accepted its terms, which is done at `page`; the sentence says how
    to show then who one is. Its `reason` is "unauthorized"."""

    code = "model_gated"

    def __init__(self, message: str, *, page: str, **context: Any) -> None:
        super().__init__(message, **context)
        self.page = page

    def details(self) -> dict[str, Any]:
        return super().details() | {"page": self.page}


class DownloadRefusedError(DownloadError):
    """Raised when a request wants a download from where whoever runs the server allows none (`download_from`)."""

    code = "download_refused"


class ModelNotLockedError(ModelError):
    """Raised when a worker that uses only what its lock has (`model_lock`) is asked for another model, or for one whose
    bytes are others."""

    code = "model_not_locked"


class ModelNotSignedError(ModelError):
    """Raised when a worker that uses only signed models (`signatures="enforce"`) is asked for one that is not signed by
    who is trusted.

    `reason` is "missing" (there is no signature), "untrusted" (it is of somebody else, or cannot be verified),
    "not_named" (it does not name the file), or "changed" (the file has other bytes).
    """

    code = "model_not_signed"

    def __init__(
        self,
        message: str,
        *,
        reason: Literal["missing", "untrusted", "not_named", "changed"] = "untrusted",
        **context: Any,
    ) -> None:
        super().__init__(message, **context)
        self.reason = reason

    def details(self) -> dict[str, Any]:
        return super().details() | {"reason": self.reason}


class IntegrityError(DownloadError):
    """Raised when the downloaded bytes are not the bytes that were promised."""

    code = "integrity_failed"


class FileWorkError(LlamaWorkerError):
    """Raised when work on model files cannot be completed.

    `reason` is one of "disk_full", "not_writable", "exists" (the target is there already), "in_use" (somebody else
    writes it), "killed" (the process that did it was), "not_available" (this machine's packages cannot do it), or None.
    """

    code = "file_work_failed"

    def __init__(self, message: str, *, reason: str | None = None, **context: Any) -> None:
        super().__init__(message, **context)
        self.reason = reason

    def details(self) -> dict[str, Any]:
        return super().details() | known({"reason": self.reason})
