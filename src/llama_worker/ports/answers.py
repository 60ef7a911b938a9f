"""The table of answers: for each request who answers it, and when its turn is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeVar

from msgspec import Struct

from ..messages import Outgoing
from .call import Call

Handler = Callable[[Call, Any], Awaitable[Outgoing]]
# "setup" changes what is current, so what works on it waits; "current" may be such; "now" concerns what runs already.
Turn = Literal["setup", "current", "now"]
HandlerType = TypeVar("HandlerType", bound=Handler)


class Answer(Struct, frozen=True):
    """How one type of request is answered."""

    handler: Handler
    turn: Turn
    generates: bool = False


ANSWERS: dict[type[Struct], Answer] = {}


def answers(
    kind: type[Struct], *, turn: Turn = "current", generates: bool = False
) -> Callable[[HandlerType], HandlerType]:
    """Enter the decorated function, which returns the request's last message, into the table."""

    def enter(handler: HandlerType) -> HandlerType:
        ANSWERS[kind] = Answer(handler, turn, generates)
        return handler

    return enter
