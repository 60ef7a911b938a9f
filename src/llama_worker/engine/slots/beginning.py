"""What a request's prompt begins with, as it stands in the request: enough to tell one conversation from another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, json

from ..api.endpoints import CHAT_COMPLETIONS, COMPLETION, COMPLETIONS, INFILL
from ..api.media import has_media, without_bytes

_ANSWERS = frozenset({"assistant", "tool"})


class Beginning(Struct, frozen=True):
    """`text` of one request can be compared with that of another of the same `kind`. `first`: it is a conversation's
    first question, so that the engine has read no more of it than what others begin with as well."""

    kind: str
    text: bytes
    first: bool = False


def beginning_of(path: str, body: Mapping[str, Any]) -> Beginning | None:
    """None of a request that takes several sequences, or none."""
    if body.get("n", 1) != 1 or body.get("n_cmpl", 1) != 1:
        return None
    if path == CHAT_COMPLETIONS:
        messages = body.get("messages") or []
        text = _open(without_bytes(messages) if has_media(messages) else messages)
        return Beginning("chat", text, not any(message.get("role") in _ANSWERS for message in messages))
    if path in (COMPLETION, COMPLETIONS):
        prompt = body.get("prompt")
        return Beginning("text", _open(prompt)) if _is_one(prompt) else None
    if path == INFILL:
        return Beginning("infill", _open([body.get("input_extra"), body.get("input_prefix")]))
    return None


def common_length(one: bytes, other: bytes) -> int:
    """How many bytes the two begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _is_one(prompt: Any) -> bool:
    """Whether it is one prompt: a text, one with images, or tokens with pieces of text between them. A list of nothing
    but texts is as many prompts."""
    if isinstance(prompt, list):
        return any(isinstance(piece, int) for piece in prompt) and not any(isinstance(piece, list) for piece in prompt)
    return isinstance(prompt, str | Mapping)


def _open(value: Any) -> bytes:
    """As JSON without its end, so that what goes on from it begins with it: a text too, which goes on with tokens."""
    if isinstance(value, Mapping):
        value = value.get("prompt_string")
    if isinstance(value, str):
        return b"[" + json.encode(value)[:-1]
    return json.encode(value)[:-1]
