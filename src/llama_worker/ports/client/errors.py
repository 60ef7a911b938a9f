"""From an error message back to the error that it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...errors import InvalidOptionsError, LlamaWorkerError
from ...messages import Failure


def _all_below(kind: type[LlamaWorkerError]) -> Iterator[type[LlamaWorkerError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _all_below(below)


# A class that only groups others has its parent's code; the class that brought the code in is meant.
_BY_CODE: dict[str, type[LlamaWorkerError]] = {
    kind.__dict__["code"]: kind for kind in _all_below(LlamaWorkerError) if "code" in kind.__dict__
}


def rebuild_error(message: Failure) -> LlamaWorkerError:
    """The error of that code, with its details; an unknown code gives the base class with that code."""
    kind = _BY_CODE.get(message.code, LlamaWorkerError)
    facts = {_snake(name): _frozen(value) for name, value in message.details.items()}
    if (path := getattr(message, "path", None)) and issubclass(kind, InvalidOptionsError):
        facts["path"] = path
    try:
        error = kind(message.message, **facts)
    except TypeError:  # of another version: facts that this one does not know
        error = LlamaWorkerError(message.message)
    if error.code != message.code:
        error.code = message.code  # type: ignore[misc]
    return error


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
