"""From an error's code, message and details back to the error that it was, in another process."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from .general import InvalidOptionsError, LlamaWorkerError


def rebuild(code: str, message: str, details: Mapping[str, Any], *, path: str | None = None) -> LlamaWorkerError:
    """The error of that code, with its details; an unknown code gives the base class with that code.

    `path` is of options that are wrong.
    """
    kind = _kinds().get(code, LlamaWorkerError)
    facts = {_snake(name): _frozen(value) for name, value in details.items()}
    if path and issubclass(kind, InvalidOptionsError):
        facts["path"] = path
    try:
        error = kind(message, **facts)
    except TypeError:  # of another version: facts that this one does not know
        error = LlamaWorkerError(message)
    if error.code != code:
        error.code = code  # type: ignore[misc]
    return error


@cache
def _kinds() -> dict[str, type[LlamaWorkerError]]:
    """A class that only groups others has its parent's code; the class that brought the code in is meant."""
    return {kind.__dict__["code"]: kind for kind in _all_below(LlamaWorkerError) if "code" in kind.__dict__}


def _all_below(kind: type[LlamaWorkerError]) -> Iterator[type[LlamaWorkerError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _all_below(below)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
