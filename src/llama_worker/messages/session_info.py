"""What is told of a conversation in the journal."""

from __future__ import annotations

from msgspec import Struct

from ..options import PromptOptions, SessionOptions


class SessionInfo(Struct, frozen=True, kw_only=True, rename="camel"):
    """A conversation in the journal. `session_id` is the session's `id`, `title` how its first question begins, `model`
    the name of its model's file, `messages` how many it has; `created` and `updated` are seconds since 1970.

    `unfinished`: its last turn has not ended: it runs right now, or the program was killed in it. `options` are the
    session's, `prompt_options` and `functions` (their names) those of its last prompt.
    """

    session_id: str
    title: str
    model: str
    messages: int
    created: float
    updated: float
    unfinished: bool
    options: SessionOptions
    prompt_options: PromptOptions
    functions: tuple[str, ...]
