"""What of a request is not done: refused where its answer would be another one, told in a header where it is not.

docs/server.md lists it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from ..problems import Problem
from .fields import Object

HEADER = "X-Ignored-Fields"
"""Names the fields of a request that were not read."""
ALWAYS = frozenset({"model", "special_tokens", "system_special_tokens"})
"""Fields of every request."""
_INSIDE = (("reasoning", "summary"), ("reasoning", "generate_summary"), ("text", "verbosity"))
"""Fields of fields that are known and not read."""
_MOST = 20
_NAME = re.compile(r"[\w.-]{1,60}", re.ASCII)
Says = Callable[[Any, Object], bool]
Undone = dict[str, tuple[Says, str]]


def _anything(value: Any, body: Object) -> bool:
    return bool(value)


def _sound(value: Any, body: Object) -> bool:
    return not isinstance(value, list) or any(one != "text" for one in value)


def _choice(value: Any, body: Object) -> bool:
    return value not in ("none", "auto")


def _more_than_answers(value: Any, body: Object) -> bool:
    return bool(value != (body.get("n") or 1))


CHAT: Undone = {
    "functions": (_anything, "give tools, as functions are called now"),
    "function_call": (_choice, "give tool_choice, as it is called now"),
    "audio": (_anything, "answers are text"),
    "modalities": (_sound, "answers are text"),
    "web_search_options": (_anything, "nothing is searched here: give a tool that does"),
}
COMPLETION: Undone = {
    "suffix": (_anything, "POST /infill fills in the middle"),
    "echo": (_anything, "put the prompt before the answer yourself"),
    "best_of": (_more_than_answers, "ask for n answers, and choose one"),
}
RESPONSES: Undone = {
    "background": (_anything, "an answer comes while its connection lasts"),
    "conversation": (_anything, "give previous_response_id, or the whole conversation as input"),
    "prompt": (_anything, "no prompts are stored here: give instructions and input"),
}
MESSAGES: Undone = {
    "mcp_servers": (_anything, "no server is asked from here: give tools, and call them yourself"),
    "container": (_anything, "nothing is run here"),
}


def check_done(body: Object, undone: Undone) -> None:
    """Raise `Problem` for a field that asks for another answer than could be given."""
    for name, (says, instead) in undone.items():
        if body.get(name) is not None and says(body[name], body):
            raise Problem(400, f"{name} is not supported: {instead}.", code="not_supported", param=name)


def ignored(body: Object, known: Iterable[str]) -> dict[str, str]:
    """The header that names what of `body` is not among the `known` fields; none where all is."""
    read = {*known, *ALWAYS}
    names = {name for name in body.keys() - read if _NAME.fullmatch(name)}
    inside = {f"{outer}.{name}" for outer, name in _INSIDE if outer in read and (body.get(outer) or {}).get(name)}
    return {HEADER: ", ".join(sorted(names | inside)[:_MOST])} if names or inside else {}
