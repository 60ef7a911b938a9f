"""Errors that LangChain has a class for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from langchain_core.exceptions import ContextOverflowError as LangChainContextOverflowError

from ... import errors


class ContextOverflowError(errors.ContextOverflowError, LangChainContextOverflowError):
    """The messages do not fit into the model's context: both LangChain's error and llama-worker's."""


@contextmanager
def in_langchains_words() -> Iterator[None]:
    try:
        yield
    except errors.ContextOverflowError as error:
        raised = ContextOverflowError.__new__(ContextOverflowError)
        raised.args, raised.__dict__ = error.args, dict(error.__dict__)
        raise raised from error
