"""A conversation: its messages, checked."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any, NotRequired, TypedDict, cast

from ..errors import InvalidOptionsError

ROLES = ("system", "user", "assistant", "tool")


class Message(TypedDict):
    """One message, in the field's usual form; the fields beyond `content` belong to function calls."""

    role: str
    content: str | None
    name: NotRequired[str]
    tool_calls: NotRequired[list[dict[str, Any]]]
    tool_call_id: NotRequired[str]
    reasoning_content: NotRequired[str]


def check_messages(messages: Iterable[Mapping[str, Any]]) -> list[Message]:
    """A deep copy of `messages`. Raises `InvalidOptionsError` naming the first message that is none."""
    if isinstance(messages, str | bytes | Mapping) or not isinstance(messages, Iterable):
        raise InvalidOptionsError("Messages must be a list of {role, content} objects.", path="messages")
    return [_check_message(message, f"messages[{index}]") for index, message in enumerate(messages)]


def _check_message(message: Mapping[str, Any], path: str) -> Message:
    if not isinstance(message, Mapping):
        raise InvalidOptionsError(f"{path} must be an object with role and content.", path=path)
    role = message.get("role")
    if role not in ROLES:
        raise InvalidOptionsError(f"{path}.role must be one of {', '.join(ROLES)}, not {role!r}.", path=f"{path}.role")
    unknown = set(message) - Message.__required_keys__ - Message.__optional_keys__
    if unknown:
        raise InvalidOptionsError(f"{path} has an unknown field {min(unknown)!r}.", path=f"{path}.{min(unknown)}")
    content = message.get("content")
    if not isinstance(content, str) and not (content is None and message.get("tool_calls")):
        raise InvalidOptionsError(f"{path}.content must be text.", path=f"{path}.content")
    return cast(Message, copy.deepcopy({**message, "content": content}))
