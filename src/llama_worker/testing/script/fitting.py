"""A reply that fits what was asked, made of nothing else."""

from __future__ import annotations

import json

from .grammars import text_for
from .replies import FakeCall, FakeReply
from .request import FakeRequest
from .schemas import value_for


def fitting_reply(request: FakeRequest) -> FakeReply:
    """A call where one must be made, a value of the schema, the shortest text of the grammar; else what functions gave,
    or a sentence that repeats the question, or of a text that is to be continued, a sentence.

    It is what a `FakeModel` without replies says, and may be given as a reply among others.
    """
    if request.tool_choice == "required" and request.tools:
        return FakeReply(calls=(_call_of(request),))
    if request.schema is not None:
        return FakeReply(json.dumps(value_for(request.schema), ensure_ascii=False))
    if request.grammar is not None:
        return FakeReply(text_for(request.grammar))
    if request.results:
        return FakeReply(f"The functions gave: {', '.join(request.results)}.")
    if not request.messages:
        return FakeReply("This is a fake text.")
    return FakeReply(f"This is a fake answer to: {request.text}")


def _call_of(request: FakeRequest) -> FakeCall:
    function = request.tools[0]["function"]
    arguments = value_for(function.get("parameters") or {"type": "object"})
    return FakeCall(function["name"], arguments if isinstance(arguments, dict) else {})
