"""Errors as HTTP answers: a status, and a body in the shape that the caller's client library knows."""

from __future__ import annotations

import re
from typing import Any

from ..errors import (
    ContextOverflowError,
    DownloadError,
    DownloadRefusedError,
    EngineDiedError,
    EngineRequestError,
    InsufficientMemoryError,
    InvalidOptionsError,
    LlamaWorkerError,
    MalformedOutputError,
    ModelNotFoundError,
    ModelNotLoadedError,
    NotSupportedError,
    OperationAborted,
    QueueFullError,
    RequestQuarantinedError,
    SharedContextFullError,
    SlowReaderError,
    WorkerClosedError,
)

_STATUSES: tuple[tuple[type[LlamaWorkerError], int, str | None], ...] = (
    (InvalidOptionsError, 400, None),
    (ContextOverflowError, 400, "context_length_exceeded"),
    (NotSupportedError, 400, None),
    (ModelNotFoundError, 404, None),
    (ModelNotLoadedError, 503, None),
    (QueueFullError, 503, None),
    (SharedContextFullError, 503, None),
    (InsufficientMemoryError, 503, None),
    (WorkerClosedError, 503, None),
    (SlowReaderError, 503, None),
    (OperationAborted, 503, None),
    (RequestQuarantinedError, 400, None),
    (EngineDiedError, 500, None),
    (DownloadRefusedError, 403, None),
    (DownloadError, 502, None),
)
_OPENAI_KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_ANTHROPIC_KINDS = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
}
# The directories of an absolute path, but not what follows the "//" of a URL.
_LOCAL_PATH = re.compile(r"(?<![\w:/.])(?:[A-Za-z]:[\\/]|/)(?:[^\s\\/:'\"]+[\\/])*(?=[\w.-])")

_LONGEST = 1000


class Problem(Exception):
    """Raised to end a request with an error; `code` is for programs, `param` names the field that is wrong,
    `partial` is what there is of an answer, `overflow` how many tokens a prompt has and the context holds."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        headers: dict[str, str] | None = None,
        partial: Any = None,
        overflow: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = without_paths(_shortened(message))
        self.code = code
        self.param = param
        self.headers = headers or {}
        self._more = {} if partial is None else {"partial": partial}
        self._overflow = overflow

    def openai(self) -> dict[str, Any]:
        """The body that OpenAI's clients read."""
        kind = _OPENAI_KINDS.get(self.status) or ("invalid_request_error" if self.status < 500 else "server_error")
        more = self._more
        if self._overflow:  # as llama-server tells it
            kind, sizes = (
                "exceed_context_size_error",
                dict(zip(("n_prompt_tokens", "n_ctx"), self._overflow, strict=True)),
            )
            more = more | sizes
        return {"error": {"message": self.message, "type": kind, "param": self.param, "code": self.code} | more}

    def at(self, path: str) -> dict[str, Any]:
        """The body that is read by the clients that ask at that path."""
        if "/api/" in path:
            return self.ollama()
        return self.anthropic() if "/v1/messages" in path else self.openai()

    def ollama(self) -> dict[str, Any]:
        """The body that Ollama's clients read."""
        return {"error": self.message}

    def anthropic(self) -> dict[str, Any]:
        """The body that Anthropic's clients read."""
        kind = _ANTHROPIC_KINDS.get(self.status) or ("invalid_request_error" if self.status < 500 else "api_error")
        message = self.message
        if self._overflow:
            message = "prompt is too long: {} tokens > {} maximum. ".format(*self._overflow) + message
        return {"type": "error", "error": {"type": kind, "message": message} | self._more}


def unreadable(error: MalformedOutputError, partial: Any) -> Problem:
    """Of an answer that cannot be read, with what had come of it in the words of the caller's client library."""
    return Problem(500, error.message, code=error.code, partial=partial)


def problem_from(error: Exception) -> Problem:
    """Any error as a problem; one that is not ours says nothing of the inside."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, EngineRequestError):
        return _refused(error)
    if not isinstance(error, LlamaWorkerError):
        return Problem(500, "The server failed; its log says why.", code="internal_error")
    status, code = _status_of(error)
    headers = {"Retry-After": "1"} if isinstance(error, QueueFullError) else {}
    path = getattr(error, "path", None)
    param = path if isinstance(path, str) else None
    return Problem(status, error.message, code=code, param=param, headers=headers, overflow=_sizes(error))


def _sizes(error: LlamaWorkerError) -> tuple[int, int] | None:
    """Of a prompt and of the context, of whose overflow an error tells."""
    if not isinstance(error, ContextOverflowError) or error.prompt_tokens is None or error.context_size is None:
        return None
    return error.prompt_tokens, error.context_size


def _status_of(error: LlamaWorkerError) -> tuple[int, str]:
    for kind, status, code in _STATUSES:
        if isinstance(error, kind):
            return status, code or error.code
    return 500, error.code


def _refused(error: EngineRequestError) -> Problem:
    """The engine answers 501 to what the model cannot do, which is the request's fault towards our clients."""
    message = error.message.removeprefix("The engine refused the request: ")
    if error.status == 501:
        return Problem(400, message, code="not_supported")
    if error.status is not None and 400 <= error.status < 500:
        return Problem(400, message, code="invalid_request")
    return Problem(500, message, code=error.code)


def _shortened(message: str) -> str:
    """What quotes a request may be as long as that."""
    return message if len(message) <= _LONGEST else f"{message[: _LONGEST // 2]} ... {message[-_LONGEST // 4 :]}"


def without_paths(message: str) -> str:
    """`message` with the directories of local paths left out; nobody outside needs them."""
    return _LOCAL_PATH.sub("", message)
