"""What happens during an operation, one Struct for each kind of event."""

from __future__ import annotations

from msgspec import Struct


class Event(Struct, frozen=True, tag=True):
    """Base of all events of an operation."""


class Progress(Event, frozen=True):
    """How far the operation is: `value` grows from 0 to 1; `stage` names the part it is in, if it has parts."""

    value: float
    stage: str = ""


class TextDelta(Event, frozen=True):
    """The next piece of the answer."""

    text: str


class ReasoningDelta(Event, frozen=True):
    """The next piece of the model's reasoning, which is not part of the answer."""

    text: str
