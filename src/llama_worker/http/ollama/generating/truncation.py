"""Conversations that are too long, as Ollama answers them: without their oldest messages."""

from __future__ import annotations

from typing import Any

from ....errors import ContextOverflowError
from .request import Asked

# Of the context, for the answer.
_ROOM = 8


def without_oldest(asked: Asked, error: ContextOverflowError) -> bool:
    """Leave out of a request what makes it too long, at least a message; False where there is nothing to leave out.

    System messages and the last message stay, and what stays begins with a user's message.
    """
    messages = asked.body.get("messages")
    if not asked.request.truncate or not messages:
        return False
    first = next((index for index, one in enumerate(messages) if one["role"] != "system"), len(messages))
    starts = [index for index in range(first + 1, len(messages)) if messages[index]["role"] == "user"]
    if not starts:
        return False
    kept = next((start for start in starts if _left_out(messages, first, start) >= _share(error)), starts[-1])
    asked.body["messages"] = [*messages[:first], *messages[kept:]]
    return True


def _share(error: ContextOverflowError) -> float:
    """How much of the prompt is too much."""
    if not error.prompt_tokens or not error.context_size:
        return 0.0
    fitting = error.context_size - error.context_size // _ROOM
    return max(0.0, 1 - fitting / error.prompt_tokens)


def _left_out(messages: list[dict[str, Any]], first: int, kept: int) -> float:
    """How much of the conversation's text is gone when it begins at message `kept`."""
    sizes = [len(str(one.get("content") or "")) for one in messages]
    return sum(sizes[first:kept]) / max(sum(sizes), 1)
