"""Anthropic's messages, translated from and to chat completions."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec

from ....engine.api import endpoints
from ....engine.transport.exchange import EngineConnectionLost
from ....errors import MalformedOutputError
from ...problems import Problem, unreadable
from ...sse import HEARTBEAT, event_of, payloads
from ..chat import ChatAnswer
from ..fields import Object
from ..undone import MESSAGES, check_done
from .request import MessagesRequest, chat_request_from
from .stream import STOP_REASONS, MessageStream


class Messages:
    """One messages request."""

    fields = MessagesRequest.__struct_fields__
    path = endpoints.CHAT_COMPLETIONS

    def __init__(self, body: Object) -> None:
        check_done(body, MESSAGES)
        self.stream = body.get("stream") is True
        # Which stop sequence it was is something that the engine only says in a verbose answer.
        verbose = {"verbose": True} if body.get("stop_sequences") else {}
        self.body = chat_request_from(body) | {"stream_options": {"include_usage": True}} | verbose

    async def events(self, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        stream = MessageStream()
        async for payload in payloads(data):
            yield stream.take(payload) or HEARTBEAT
        if not stream.finished:
            raise EngineConnectionLost("the answer ended early")
        yield stream.end()

    async def whole(self, data: AsyncIterator[bytes]) -> Object:
        answer, stop_sequence = ChatAnswer(), None
        try:
            async for payload in payloads(data):
                chunk = msgspec.json.decode(payload)
                stop_sequence = chunk.get("__verbose", {}).get("stopping_word") or stop_sequence
                answer.add(chunk)
        except MalformedOutputError as error:
            raise unreadable(error, _blocks(answer.message) if answer.message else None) from error
        return _message(answer.whole(), stop_sequence)

    def problem(self, problem: Problem) -> bytes:
        return event_of(problem.anthropic(), "error")


def _message(chat: Object, stop_sequence: str | None) -> Object:
    choice = chat["choices"][0]
    reason = "stop_sequence" if stop_sequence else STOP_REASONS.get(choice["finish_reason"], "end_turn")
    return {
        "id": chat["id"].replace("chatcmpl-", "msg_"),
        "type": "message",
        "role": "assistant",
        "model": chat["model"],
        "content": _blocks(choice["message"]),
        "stop_reason": reason,
        "stop_sequence": stop_sequence,
        "usage": usage_of(chat["usage"]),
    }


def _blocks(message: Object) -> list[Object]:
    blocks: list[Object] = []
    if thought := message.get("reasoning_content"):
        blocks.append({"type": "thinking", "thinking": thought, "signature": ""})
    if message["content"]:
        blocks.append({"type": "text", "text": message["content"]})
    for call in message.get("tool_calls", []):
        blocks.append({"type": "tool_use", "id": call["id"], "name": call["function"]["name"], "input": _input(call)})
    return blocks


def _input(call: Object) -> Object:
    try:
        arguments = msgspec.json.decode(call["function"]["arguments"])
    except msgspec.DecodeError:
        return {}
    return arguments if isinstance(arguments, dict) else {}


def usage_of(usage: Object) -> Object:
    """Anthropic counts cached tokens apart."""
    cached = usage.get("prompt_tokens_details", {}).get("cached_tokens", 0)
    return {
        "input_tokens": usage["prompt_tokens"] - cached,
        "cache_read_input_tokens": cached,
        "cache_creation_input_tokens": 0,
        "output_tokens": usage["completion_tokens"],
    }
