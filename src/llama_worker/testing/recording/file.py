"""The file of a recording: what was asked and what was answered, in an order and words that a person can read."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from ...errors import InvalidOptionsError
from ..script.replies import FakeCall, FakeReply
from ..script.request import Body, FakeRequest, content_of

# A vector has hundreds, one below the other.
_NUMBERS = re.compile(r"\[\n\s+-?\d[-+\d.,eE\s]*\]")


class RecordedCall(Struct, frozen=True, omit_defaults=True):
    """A call in a message."""

    name: str
    arguments: Any = None


class RecordedMessage(Struct, frozen=True, omit_defaults=True):
    """A message as far as an answer depends on it: ids of calls are made up anew each time. `media` are digests of
    images and sounds."""

    role: str
    content: str = ""
    reasoning: str = ""
    calls: tuple[RecordedCall, ...] = ()
    media: tuple[str, ...] = ()


class RecordedRequest(Struct, frozen=True, omit_defaults=True):
    """What an answer is found by. `functions` are their names."""

    messages: tuple[RecordedMessage, ...] = ()
    prompt: str = ""
    begun: str = ""
    functions: tuple[str, ...] = ()
    function_choice: str = "auto"
    schema: Body | None = None
    grammar: str | None = None

    @property
    def key(self) -> str:
        """The same for requests that are asked for alike."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


class RecordedReply(Struct, frozen=True, omit_defaults=True):
    """What was answered, and the real model's counts."""

    text: str = ""
    reasoning: str = ""
    calls: tuple[FakeCall, ...] = ()
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    def fake(self) -> FakeReply:
        """To be said by a fake model."""
        return FakeReply(**{name: getattr(self, name) for name in self.__struct_fields__})


class Answered(Struct, frozen=True):
    """One request and its answer."""

    request: RecordedRequest
    reply: RecordedReply


class Recorded(Struct, omit_defaults=True):
    """All that was recorded of the model of that name: `vectors` by their text, `scores` of documents by query."""

    model: str
    answers: list[Answered] = field(default_factory=list)
    vectors: dict[str, list[float]] = field(default_factory=dict)
    scores: dict[str, dict[str, float]] = field(default_factory=dict)


def asked_of(request: FakeRequest) -> RecordedRequest:
    """A request in the words of a recording."""
    return RecordedRequest(
        messages=tuple(map(_message, request.messages)),
        prompt=request.prompt,
        begun=request.begun,
        functions=request.functions,
        function_choice=request.tool_choice if request.functions else "auto",
        schema=request.schema,
        grammar=request.grammar,
    )


def read_recording(path: Path) -> Recorded:
    """Raises `InvalidOptionsError` for a file that is none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Recorded)
    except (OSError, msgspec.MsgspecError) as error:
        raise InvalidOptionsError(f"{path} is no recording: {error}.", path="recording") from error


def write_recording(path: Path, recorded: Recorded) -> None:
    """The whole file, or nothing of it. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = _NUMBERS.sub(_in_one_line, json.dumps(msgspec.to_builtins(recorded), indent=2, ensure_ascii=False))
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(f"{text}\n", encoding="utf-8")
    beside.replace(path)


def _in_one_line(numbers: re.Match[str]) -> str:
    return " ".join(numbers[0].split()).replace("[ ", "[").replace(" ]", "]")


def _message(message: Body) -> RecordedMessage:
    content = message.get("content")
    media = [part for part in content if part.get("type") != "text"] if isinstance(content, list) else []
    return RecordedMessage(
        role=message.get("role", ""),
        content=content_of(message),
        reasoning=message.get("reasoning_content") or "",
        calls=tuple(_call(call["function"]) for call in message.get("tool_calls") or ()),
        media=tuple(hashlib.sha256(msgspec.json.encode(part)).hexdigest()[:16] for part in media),
    )


def _call(function: Body) -> RecordedCall:
    arguments = function.get("arguments")
    return RecordedCall(function["name"], json.loads(arguments) if isinstance(arguments, str) else arguments)
