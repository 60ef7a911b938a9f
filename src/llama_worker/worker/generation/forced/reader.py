"""Reads the calls of an answer that consists of nothing else."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ....engine.api.calls import new_id
from ....engine.api.chunks import Chunk, ToolCallDelta, ToolCallFunction, parse_completion_chunk


class CallReader:
    """Makes the engine's events, of text, those of calls: each call's name first, then its arguments in pieces.

    `beginnings` are, by function, the texts between the answer's or the last call's end and the arguments; `first_id`
    is the id that the first call is known by.
    """

    def __init__(self, beginnings: Mapping[str, str], first_id: str) -> None:
        self._beginnings = beginnings
        self._id = first_id
        self._index = 0
        self._before = ""
        self._arguments: _Object | None = None

    def __call__(self, event: bytes) -> Chunk:
        """One event of a completion."""
        chunk = parse_completion_chunk(event)
        deltas, text = [], chunk.text
        while text:
            delta, text = self._take(text)
            deltas += [delta] if delta else []
        reason = "tool_calls" if chunk.finish_reason == "stop" else chunk.finish_reason
        return msgspec.structs.replace(chunk, text="", tokens=(), tool_calls=tuple(deltas), finish_reason=reason)

    def _take(self, text: str) -> tuple[ToolCallDelta | None, str]:
        """One piece of a call, and what is left of the text."""
        if self._arguments is None:
            return self._take_beginning(text)
        return self._take_arguments(text, self._arguments, None, None)

    def _take_arguments(
        self, text: str, arguments: _Object, name: str | None, identity: str | None
    ) -> tuple[ToolCallDelta, str]:
        end = arguments.end_in(text)
        delta = ToolCallDelta(self._index, identity, ToolCallFunction(name, text[:end]))
        if arguments.ended:
            self._index, self._arguments, self._id = self._index + 1, None, new_id()
        return delta, text[end:]

    def _take_beginning(self, text: str) -> tuple[ToolCallDelta | None, str]:
        self._before += text
        found = [(self._before.find(text + "{"), name) for name, text in self._beginnings.items()]
        at, name = min((one for one in found if one[0] >= 0), default=(-1, ""))
        if at < 0:
            return None, ""
        rest = self._before[at + len(self._beginnings[name]) :]
        self._before, self._arguments = "", _Object()
        return self._take_arguments(rest, self._arguments, name, self._id)


class _Object:
    """Finds the end of a JSON object that comes in pieces."""

    def __init__(self) -> None:
        self.ended = False
        self._depth = 0
        self._quoted = False
        self._escaped = False

    def end_in(self, text: str) -> int:
        """How much of the text belongs to the object."""
        for index, character in enumerate(text):
            if self._quoted:
                self._quoted = self._escaped or character != '"'
                self._escaped = character == "\\" and not self._escaped
            elif character == '"':
                self._quoted = True
            else:
                self._depth += (character in "{[") - (character in "}]")
                if self._depth == 0:
                    self.ended = True
                    return index + 1
        return len(text)
