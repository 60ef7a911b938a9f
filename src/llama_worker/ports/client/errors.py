"""From an error message back to the error that it was."""

from __future__ import annotations

from ...errors import LlamaWorkerError
from ...errors.rebuilding import rebuild
from ...messages import Failure


def rebuild_error(message: Failure) -> LlamaWorkerError:
    """The error of that code, with its details; an unknown code gives the base class with that code."""
    return rebuild(message.code, message.message, message.details, path=getattr(message, "path", None))
