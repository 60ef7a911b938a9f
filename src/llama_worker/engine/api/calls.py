"""Function calls of a conversation as chat templates take them: the form of their ids, and how many at a time.

Mistral's templates refuse ids that are not nine letters or digits; llama.cpp and OpenAI's clients make longer ones.
Llama 3's refuse two calls in one message.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_LENGTH = 9
Message = dict[str, Any]


def new_id() -> str:
    """An id for a call that nobody gave one."""
    return _short(secrets.token_hex(16))


def with_short_ids(messages: Iterable[Mapping[str, Any]]) -> list[Message]:
    """The messages, their calls and results under ids of nine letters or digits.

    The same id always becomes the same one. Ids that models make up themselves, such as Kimi's `functions.name:0`,
    and what is no text, stay.
    """
    return [_with_short_ids(message) for message in messages]


def in_rounds(messages: Iterable[Mapping[str, Any]]) -> list[Message]:
    """The messages, with one call at a time: each followed by its result, as if the model had made one by one."""
    return list(_rounds([dict(message) for message in messages]))


def has_calls_at_once(messages: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a message makes more than one call."""
    return any(len(message.get("tool_calls") or ()) > 1 for message in messages)


def _with_short_ids(message: Mapping[str, Any]) -> Message:
    changed = dict(message)
    if isinstance(calls := changed.get("tool_calls"), list):
        changed["tool_calls"] = [_call(call) for call in calls]
    if "tool_call_id" in changed:
        changed["tool_call_id"] = _fitting(changed["tool_call_id"])
    return changed


def _call(call: Any) -> Any:
    return {**call, "id": _fitting(call["id"])} if isinstance(call, dict) and "id" in call else call


def _fitting(identity: Any) -> Any:
    if not isinstance(identity, str) or ":" in identity or _fits(identity):
        return identity
    return _short(identity)


def _short(identity: str) -> str:
    digest = hashlib.sha256(identity.encode(errors="surrogatepass")).digest()
    return base64.b32encode(digest).decode().lower()[:_LENGTH]


def _fits(identity: str) -> bool:
    return len(identity) == _LENGTH and identity.isascii() and identity.isalnum()


def _rounds(messages: list[Message]) -> Iterator[Message]:
    results = {message["tool_call_id"]: message for message in messages if "tool_call_id" in message}
    given: set[Any] = set()
    for message in messages:
        calls = message.get("tool_calls") or ()
        if len(calls) < 2:
            if message.get("tool_call_id") not in given:
                yield message
            continue
        for number, call in enumerate(calls):
            alone = {"role": "assistant", "content": ""} if number else message
            yield {**alone, "tool_calls": [call]}
            if call["id"] in results:
                given.add(call["id"])
                yield results[call["id"]]
