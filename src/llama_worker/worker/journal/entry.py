"""What the journal has to say of a session."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from msgspec import Struct

from ...options import PromptOptions, SessionOptions
from ..chat.fingerprint import Fingerprint
from ..conversation import Message, closed_turn, pending_calls, text_of

_LONGEST_TITLE = 80
_LOST = "Error: the program ended before the call's result was there"


class Conversation(Struct, frozen=True, kw_only=True):
    """A session as it stands. Of `messages` the first `settled` are its history, the others came of a turn that has not
    ended; the model sees `instead` in place of the first `covered`.

    `prompt_options` and `functions` (their names) are those of the last prompt.
    """

    messages: list[Message]
    settled: int
    instead: list[Message]
    covered: int
    prompt_options: PromptOptions = PromptOptions()
    functions: tuple[str, ...] = ()

    @property
    def begun(self) -> bool:
        """Whether anything was said in it."""
        return any(message["role"] != "system" for message in self.messages)

    @property
    def title(self) -> str:
        """How its first question begins; a line of at most 80 characters."""
        questions = (text_of(message) for message in self.messages if message["role"] == "user")
        return " ".join(next(questions, "")[: 10 * _LONGEST_TITLE].split())[:_LONGEST_TITLE]

    def history(self) -> list[Message]:
        """Its messages, of a turn that has not ended too, with what such a turn lacks."""
        if self.settled >= len(self.messages):
            return self.messages
        lost = {call["id"]: _LOST for call in pending_calls(self.messages)}
        whole = [*self.messages, *closed_turn(self.messages, lost)]
        return [*whole, {"role": "assistant", "content": ""}] if whole[-1]["role"] == "user" else whole


class Entry(Struct, frozen=True, kw_only=True):
    """A conversation with the model and the options of its session."""

    model: Fingerprint
    options: SessionOptions
    conversation: Conversation


class Known(Struct, frozen=True):
    """What a session knows of its entry: the `revisions` that may be its own (None: that there is no entry), the next
    one, and the messages that the entry surely begins with.

    Of a write that failed nobody knows whether it came through, so there may be two revisions.
    """

    revisions: frozenset[str | None]
    next: str
    messages: Sequence[Message] = ()


def nothing_known() -> Known:
    """Of a session that has no entry."""
    return Known(frozenset({None}), uuid.uuid4().hex)
