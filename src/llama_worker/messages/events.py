"""What happens during an operation, one Struct for each kind of event."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Event(Struct, frozen=True, tag=True):
    """Base of all events of an operation."""


class Progress(Event, frozen=True, gc=False):
    """How far the operation is: `value` grows from 0 to 1; `stage` names the part it is in, if it has parts."""

    value: float
    stage: str = ""


class Downloading(Progress, frozen=True, kw_only=True):
    """How far a download is; `stage` is the file that is fetched now, sizes in bytes are those of all files together.

    `value` is 1.0 only when everything is verified and in place. What is not known yet is None. `digest` is that of the
    file that is fetched now ("sha256:..."), None where its server does not tell it beforehand. `chosen` is the name of
    the model that was chosen when only its repository was named, `reason` why; both are empty otherwise.
    """

    downloaded_bytes: int
    total_bytes: int | None = None
    bytes_per_second: float = 0.0
    seconds_left: float | None = None
    digest: str | None = None
    chosen: str = ""
    reason: str = ""


class Processing(Progress, frozen=True, kw_only=True):
    """How far work on a model's files is (quantizing, say); `stage` says what it is at, sizes are in bytes.

    `done_bytes` of `total_bytes` are done of what it reads, `done_parts` of `parts` are tensors, or files. What an
    earlier run had done counts as done. `value` is 1.0 only when everything is in place.
    """

    done_bytes: int
    total_bytes: int | None
    written_bytes: int = 0
    done_parts: int = 0
    parts: int = 0
    bytes_per_second: float = 0.0
    seconds_left: float | None = None


class StateChanged(Event, frozen=True):
    """The operation is now "queued", "running" or "paused"."""

    state: Literal["queued", "running", "paused"]


class TextDelta(Event, frozen=True, gc=False):
    """The next piece of the answer."""

    text: str


class ReasoningDelta(Event, frozen=True, gc=False):
    """The next piece of the model's reasoning, which is not part of the answer."""

    text: str


class ToolCallDelta(Event, frozen=True):
    """The next piece of a function call's arguments, which are JSON text; the whole text parses.

    `index` counts the calls of one answer. `offset` is how many characters of these arguments came before: a 0 that
    comes again begins this call anew (after a pause within it).
    """

    index: int
    name: str
    arguments: str
    offset: int = 0


class ToolCalled(Event, frozen=True):
    """A function is about to be called; `arguments` is JSON text, `round` counts the answers that called functions."""

    id: str
    name: str
    arguments: str
    round: int = 1


class ToolReturned(Event, frozen=True):
    """A function has returned: `result` is the text that the model gets; `error` says that it tells of a failure."""

    id: str
    name: str
    result: str
    error: bool = False
    round: int = 1


class ContextShifted(Event, frozen=True):
    """The conversation did not fit: the model no longer sees its `dropped_messages` oldest messages."""

    dropped_messages: int


class EngineReduced(Event, frozen=True):
    """The engine ran out of memory and goes on with less: `changes` names what was given up, as "sequences: 4 to 2"."""

    changes: tuple[str, ...]


def progress_of(event: Event) -> Progress | None:
    """What `async for progress in operation` yields when nothing is generated."""
    return event if isinstance(event, Progress) else None
