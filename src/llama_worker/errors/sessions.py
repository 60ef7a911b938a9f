"""Errors about contexts, chat sessions and what is generated in them."""

from __future__ import annotations

from typing import Any

from .general import LlamaWorkerError, known


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
        return super().details() | known(facts)


class TextTooLongError(ContextOverflowError):
    """Raised when a text is longer than what the model embeds or ranks at once; `index` is its number among those that
    were given, `tokens` how many it has and `limit` how many there may be."""

    code = "text_too_long"

    def __init__(self, message: str, *, index: int = 0, tokens: int = 0, limit: int = 0, **context: Any) -> None:
        super().__init__(message, **({"prompt_tokens": tokens, "context_size": limit} | context))
        self.index = index
        self.tokens = tokens
        self.limit = limit

    def details(self) -> dict[str, Any]:
        return super().details() | {"index": self.index, "tokens": self.tokens, "limit": self.limit}


class SharedContextFullError(SessionError):
    """Raised when requests that ran at once needed more than the context that they share (`kv_unified`), and this one
    cannot go on by itself: nothing is wrong with it, it can be sent again."""

    code = "shared_context_full"


class OverflowStrategyError(SessionError):
    """Raised when a function given as `overflow` failed; its own error is the `__cause__`."""

    code = "overflow_strategy_failed"


class InvalidSessionFileError(SessionError):
    """Raised when a saved session or the journal is damaged, of another model or of a newer version; nothing was
    changed."""

    code = "invalid_session_file"


class SessionFileError(SessionError, OSError):
    """Raised when the system refuses to write or read a session's file or the journal; what it said is the
    `__cause__`."""

    code = "session_file_failed"


class SessionNotFoundError(SessionFileError, FileNotFoundError):
    """Raised when there is no such session, as a file or in the journal, or no folder to save it in."""

    code = "session_not_found"


class SessionConflictError(SessionError):
    """Raised when a session's entry in the journal was changed or removed by somebody else; the session itself is as
    it was."""

    code = "session_conflict"


class GenerationError(LlamaWorkerError):
    """Base of the errors about what a model generated."""


class ResumeError(GenerationError):
    """Raised when a paused answer cannot go on, because the engine now generates another text than it had."""

    code = "resume_failed"


class InvalidOutputError(GenerationError):
    """Raised when an answer is not of the form that was asked for; `text` is the answer as it came, `partial` the reply
    that it is of, or None over a port."""

    code = "invalid_output"

    def __init__(self, message: str, *, text: str, partial: Any = None, **context: Any) -> None:
        super().__init__(message, **context)
        self.text = text
        self.partial = partial

    def details(self) -> dict[str, Any]:
        return super().details() | {"text": self.text}


class MalformedOutputError(InvalidOutputError):
    """Raised when a model wrote something that cannot be read by the form of its own template, such as half a call.

    `text` is what of it was text, and what it began to call; `partial` the reply as far as it had come, or None over a
    port. A session keeps it in its history. What the engine read nothing of at all is not in them.
    """

    code = "malformed_output"

    def __init__(self, message: str, *, text: str = "", **context: Any) -> None:
        super().__init__(message, text=text, **context)


class FunctionCallError(GenerationError):
    """Raised when a function failed and `on_function_error` is "raise"; its own error is the `__cause__`."""

    code = "function_call_failed"

    def __init__(self, message: str, *, function: str, **context: Any) -> None:
        super().__init__(message, **context)
        self.function = function

    def details(self) -> dict[str, Any]:
        return super().details() | {"function": self.function}


class ApprovalError(FunctionCallError):
    """Raised when `approve` failed, whatever `on_function_error` says; its own error is the `__cause__`."""

    code = "approval_failed"
