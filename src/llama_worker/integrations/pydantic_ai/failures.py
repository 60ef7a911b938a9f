"""Errors as agents expect them: with them a `FallbackModel` goes on to the next model; mistakes are a `UserError`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic_ai.exceptions import (
    ModelAPIError,
    ModelContextWindowExceededError,
    ModelNotFoundError,
    ModelServerError,
    ModelTimeoutError,
    UnexpectedModelBehavior,
    UserError,
)

from ... import errors

_KINDS: tuple[tuple[type[errors.LlamaWorkerError], type[ModelAPIError]], ...] = (
    (errors.ContextOverflowError, ModelContextWindowExceededError),
    (errors.ModelNotFoundError, ModelNotFoundError),
    (errors.EngineError, ModelServerError),
    (errors.LlamaWorkerError, ModelAPIError),
)


@contextmanager
def in_pydantic_ais_words(model: str) -> Iterator[None]:
    """The error of llama-worker is the `__cause__`. `OperationAborted` stays what it is: somebody has asked for it."""
    try:
        yield
    except errors.OperationAborted:
        raise
    except errors.InvalidOptionsError as error:
        raise UserError(str(error)) from error
    except errors.MalformedOutputError as error:
        raise UnexpectedModelBehavior(str(error), error.text) from error
    except errors.LlamaWorkerError as error:
        kind = next(theirs for ours, theirs in _KINDS if isinstance(error, ours))
        raise kind(model, str(error), provider_error_code=error.code) from error
    except TimeoutError as error:
        raise ModelTimeoutError(model, "The answer took longer than its timeout.") from error
