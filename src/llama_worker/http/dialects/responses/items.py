"""What a response answers, as the items that it is kept with."""

from __future__ import annotations

import secrets

from ..fields import Object

_PREFIXES = {"message": "msg", "function_call": "fc", "function_call_output": "fco", "reasoning": "rs"}


def new_id(kind: str) -> str:
    """An id for what is of this type: an item, or a response."""
    return f"{_PREFIXES.get(kind, kind)}_{secrets.token_hex(16)}"


def input_items(given: str | list[Object]) -> list[Object]:
    """The items of an input in their full form."""
    if isinstance(given, str):
        given = [{"role": "user", "content": given}]
    return [_whole(item) for item in given]


def _whole(item: Object) -> Object:
    kind = item.get("type", "message")
    known: Object = {"type": kind, "id": new_id(kind), "status": "completed"}
    whole = known | {name: value for name, value in item.items() if value is not None}
    if kind == "message" and isinstance(text := item["content"], str):
        part = "output_text" if item["role"] == "assistant" else "input_text"
        more: Object = {"annotations": []} if part == "output_text" else {}
        whole["content"] = [{"type": part, "text": text} | more]
    return whole
