"""What the loggers are told of operations: kinds, states, counts and times, and their text where it is asked for."""

from __future__ import annotations

import logging
from typing import Any, Protocol

from ...errors import LlamaWorkerError, OperationAborted
from ...loggers import OPERATIONS, TEXT, tells_text
from ..reply import Reply


class Named(Protocol):
    """An operation, as far as it is told."""

    id: str

    @property
    def kind(self) -> str: ...
    @property
    def state(self) -> str: ...


def log_state(operation: Named, seconds: float) -> None:
    """The operation has come into its state, so many seconds after it began."""
    OPERATIONS.debug("%s %s %s after %.0f ms", operation.kind, operation.id, operation.state, seconds * 1000)


def log_end(operation: Named, seconds: float, result: Any, error: LlamaWorkerError | None) -> None:
    """The operation is over. Of an error the code is told: its sentence may quote what was generated."""
    reply = error.partial if isinstance(error, OperationAborted) else result
    if OPERATIONS.isEnabledFor(logging.DEBUG):
        facts = _figures(reply) if isinstance(reply, Reply) else f"error {error.code}" if error else ""
        told = f": {facts}" if facts else ""
        OPERATIONS.debug("%s %s %s after %.3f s%s", operation.kind, operation.id, operation.state, seconds, told)
    if isinstance(reply, Reply):
        log_text(operation, "answer", reply.text)


def log_text(operation: Named, what: str, text: object) -> None:
    """A prompt or an answer, for whoever has asked to see them."""
    if tells_text():
        TEXT.debug("%s %s %s: %s", operation.kind, operation.id, what, text)


def _figures(reply: Reply) -> str:
    usage = reply.usage
    return (
        f"finish reason {reply.finish_reason}, {usage.prompt_tokens} prompt tokens, {usage.cached_tokens} of them "
        f"cached, {usage.completion_tokens} completion tokens, {reply.timings.tokens_per_second:.1f} tokens/s"
    )
