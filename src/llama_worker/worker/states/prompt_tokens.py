"""Which tokens the engine will make of a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import json

from ...engine.api.endpoints import APPLY_TEMPLATE, CHAT_COMPLETIONS, COMPLETION, COMPLETIONS, tokenize
from ...engine.engine import Engine


async def prompt_tokens(engine: Engine, path: str, body: Mapping[str, Any]) -> list[int] | None:
    """None when that cannot be told: of a request of another kind, with media, or with several prompts.

    Raises what the engine raises.
    """
    if path == CHAT_COMPLETIONS:
        return await _chat_tokens(engine, body)
    prompt = body.get("prompt")
    if path in (COMPLETION, COMPLETIONS) and isinstance(prompt, str):
        return await _tokens(engine, [prompt])
    return await _tokens(engine, prompt) if path == COMPLETION and isinstance(prompt, list) else None


async def _chat_tokens(engine: Engine, chat: Mapping[str, Any]) -> list[int] | None:
    if not _is_text(chat.get("messages")):
        return None
    prompt = json.decode(await engine.request(APPLY_TEMPLATE, dict(chat)))["prompt"]
    return await _tokens(engine, [prompt])


async def _tokens(engine: Engine, prompt: Sequence[str | int]) -> list[int]:
    """As the engine reads them: what belongs to a beginning comes before the first text."""
    tokens: list[int] = []
    for index, part in enumerate(prompt):
        if isinstance(part, int):
            tokens.append(part)
        else:
            tokens += await tokenize(engine, part, add_special=index == 0, parse_special=True)
    return tokens


def _is_text(messages: Any) -> bool:
    if not isinstance(messages, Sequence):
        return False
    contents = [message.get("content") for message in messages if isinstance(message, Mapping)]
    return all(_is_mere_text(content) for content in contents)


def _is_mere_text(content: Any) -> bool:
    if content is None or isinstance(content, str):
        return True
    parts = content if isinstance(content, Sequence) else ()
    return bool(parts) and all(isinstance(part, Mapping) and part.get("type") == "text" for part in parts)
