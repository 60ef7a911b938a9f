"""The one place where options become a request to the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from ..engine.chunks import Chunk, parse_chat_chunk, parse_completion_chunk
from ..options import PromptOptions
from .history import Message


class Request(Struct, frozen=True):
    """What is sent where, and how its answer reads. `options` are kept for what this side must do itself."""

    path: str
    body: dict[str, Any]
    parse: Callable[[bytes], Chunk]
    options: PromptOptions


def chat_request(messages: Sequence[Message], options: PromptOptions) -> Request:
    """A continuation of `messages`; with a response prefix the engine continues that text."""
    sent: list[Message] = list(messages)
    if options.response_prefix:
        sent.append({"role": "assistant", "content": options.response_prefix})
    body = _common_fields(options) | {"messages": sent, "verbose": bool(options.stop_sequences)}
    return Request("/v1/chat/completions", body, parse_chat_chunk, options)


def completion_request(prompt: str, options: PromptOptions) -> Request:
    """A raw continuation of `prompt`, without a chat template."""
    body = _common_fields(options) | {"prompt": prompt + options.response_prefix}
    return Request("/completion", body, parse_completion_chunk, options)


def _common_fields(options: PromptOptions) -> dict[str, Any]:
    fields = {
        "max_tokens": options.max_tokens,
        "temperature": options.temperature,
        "top_p": options.top_p,
        "top_k": options.top_k,
        "min_p": options.min_p,
        "seed": options.seed,
        "stop": list(options.stop_sequences) or None,
        "timings_per_token": True,  # counts and speed stay exact for an answer that is aborted
    }
    return {name: value for name, value in fields.items() if value is not None}
