"""One answer of a fake model, and everything that may be given for one."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar, Protocol, TypeAlias

from msgspec import Struct, field, structs

from ...worker.structured.schemas import encode
from .faults import Fault
from .gate import Gate
from .request import FakeRequest

Piece = str | Gate | float


class FakeCall(Struct, frozen=True):
    """A function that the model calls, with its arguments: `FakeCall("get_weather", {"city": "Lisbon"})`. A text is
    what the model writes for them, which need not be JSON that fits."""

    name: str
    arguments: dict[str, Any] | str = field(default_factory=dict)

    @property
    def json(self) -> str:
        """The arguments as the model writes them."""
        return self.arguments if isinstance(self.arguments, str) else json.dumps(self.arguments, ensure_ascii=False)


class FakeReply(Struct, frozen=True):
    """One answer. Only what is told has an effect.

    `text` comes token by token, or in `pieces`, which may be texts, a `Gate` where it waits, and numbers: seconds to
    wait. `delay`: seconds before each piece. `reasoning` comes before the text, `calls` after it. `fault` is what goes
    wrong. `finish_reason` is "length" for an answer that was cut off (default: what follows from the rest).
    `prompt_tokens` and `completion_tokens` are what the usage says in place of what is counted.
    """

    text: str = ""
    reasoning: str = ""
    calls: tuple[FakeCall, ...] = ()
    pieces: tuple[Piece, ...] = ()
    delay: float = 0.0
    fault: Fault | None = None
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    @property
    def whole(self) -> str:
        """The text, however it is given."""
        return self.text or "".join(piece for piece in self.pieces if isinstance(piece, str))


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


class _Pydantic(Protocol):
    def model_dump(self) -> dict[str, Any]: ...


Given: TypeAlias = (
    str | FakeReply | FakeCall | Fault | Sequence[Any] | Mapping[str, Any] | Struct | _Dataclass | _Pydantic
)
"""A text; a reply; a call or a list of calls; a list of pieces; a fault; and a value (dict, dataclass, pydantic model,
msgspec Struct), which is said as JSON."""
Answering: TypeAlias = Callable[[FakeRequest], Given | Awaitable[Given]]


def reply_of(given: Given) -> FakeReply:
    """The reply that is meant. Raises TypeError for what can be none."""
    match given:
        case FakeReply():
            return given
        case str():
            return FakeReply(given)
        case FakeCall():
            return FakeReply(calls=(given,))
        case Fault():
            return FakeReply("This answer is not finished.", fault=given)
        case list() | tuple():
            return _of_sequence(tuple(given))
    if isinstance(given, Mapping | Struct) or dataclasses.is_dataclass(given) or hasattr(given, "model_dump"):
        return FakeReply(encode(given))
    raise TypeError(f"{given!r} is no reply: give a text, a FakeReply, a FakeCall, a fault, or a value for JSON.")


def checked(given: Given | Answering) -> FakeReply | Answering:
    """The reply that is meant, or the function that is asked for it. Raises TypeError for what can be neither."""
    return given if callable(given) and not hasattr(given, "model_dump") else reply_of(given)


def _of_sequence(parts: tuple[Any, ...]) -> FakeReply:
    calls = tuple(part for part in parts if isinstance(part, FakeCall))
    pieces = tuple(part for part in parts if isinstance(part, str | Gate | float | int))
    faults = [part for part in parts if isinstance(part, Fault)]
    if len(calls) + len(pieces) + len(faults) != len(parts) or len(faults) > 1:
        raise TypeError(f"{list(parts)!r} is no reply: its parts are texts, gates, seconds, calls, and one fault.")
    reply = FakeReply(calls=calls, pieces=pieces)
    if not faults:
        return reply
    fault = faults[0]  # which strikes where it stands
    before = sum(1 for part in parts[: parts.index(fault)] if isinstance(part, str))
    return structs.replace(reply, fault=structs.replace(fault, after=fault.after or before))
