"""How requests end: the last messages of each, and of those that end with `result` the type of its `value`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from .base import LastMessage, Message

Kind = TypeVar("Kind", bound=type[Message])


class End(NamedTuple):
    """`messages`: what a request may end with, beside `error`. `value`: the type of a `Result`'s value."""

    messages: tuple[type[LastMessage], ...]
    value: Any = None


ENDS: dict[type[Message], End] = {}


def ends_with(*messages: type[LastMessage], value: Any = None) -> Callable[[Kind], Kind]:
    """A request, with what it ends with."""

    def enter(kind: Kind) -> Kind:
        ENDS[kind] = End(messages, value)
        return kind

    return enter
