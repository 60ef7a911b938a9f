"""The table of handlers: for each request who answers it, and in which order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeVar

from msgspec import Struct

from ...messages import Outgoing
from .open_requests import OpenRequest

Handler = Callable[[OpenRequest, Any], Awaitable[Outgoing]]
# "setup" changes what is current, so what works on it waits; "current" may be such; "now" concerns what runs already.
Order = Literal["setup", "current", "now"]
HandlerType = TypeVar("HandlerType", bound=Handler)


class Handling(Struct, frozen=True):
    """How one type of request is answered."""

    handler: Handler
    order: Order
    generates: bool = False


HANDLERS: dict[type[Struct], Handling] = {}


def handles(
    kind: type[Struct], *, order: Order = "current", generates: bool = False
) -> Callable[[HandlerType], HandlerType]:
    """Enter the decorated function, which returns the request's last message, into the table."""

    def enter(handler: HandlerType) -> HandlerType:
        HANDLERS[kind] = Handling(handler, order, generates)
        return handler

    return enter
