"""Replies as LlamaIndex' responses: each piece of a stream holds all that came before it."""

from __future__ import annotations

from typing import Any

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    CompletionResponse,
    ContentBlock,
    LogProb,
    MessageRole,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
)

from ...messages.events import ReasoningDelta, TextDelta
from ...messages.values import TokenLogprob
from ...worker.reply import Reply
from ..access.answers import CallDelta, Piece


def to_chat_response(reply: Reply, *, delta: str | None = None) -> ChatResponse:
    calls = [(call.id, call.name, call.arguments) for call in reply.tool_calls]
    return ChatResponse(
        message=_message(reply.reasoning, reply.text, calls),
        raw=_raw(reply),
        delta=delta,
        logprobs=_logprobs(reply),
        additional_kwargs=_usage(reply),
    )


def to_completion_response(reply: Reply, *, delta: str | None = None) -> CompletionResponse:
    return CompletionResponse(
        text=reply.text,
        raw=_raw(reply),
        delta=delta,
        logprobs=_logprobs(reply),
        additional_kwargs=_usage(reply),
    )


class Gathering:
    """What has come of an answer so far."""

    def __init__(self) -> None:
        self.text = ""
        self._reasoning = ""
        self._calls: dict[int, tuple[str, str, str]] = {}

    def add(self, piece: Piece) -> str:
        """Take another piece; gives its text."""
        match piece:
            case TextDelta():
                self.text += piece.text
                return piece.text
            case ReasoningDelta():
                self._reasoning += piece.text
            case CallDelta():
                _, _, arguments = self._calls.get(piece.index, (piece.id, piece.name, ""))
                self._calls[piece.index] = piece.id, piece.name, arguments + piece.arguments
        return ""

    def chat_response(self, piece: Piece) -> ChatResponse:
        delta = self.add(piece)
        if isinstance(piece, Reply):
            return to_chat_response(piece, delta=delta)
        return ChatResponse(message=_message(self._reasoning, self.text, list(self._calls.values())), delta=delta)

    def completion_response(self, piece: Piece) -> CompletionResponse:
        delta = self.add(piece)
        if isinstance(piece, Reply):
            return to_completion_response(piece, delta=delta)
        return CompletionResponse(text=self.text, delta=delta)


def _message(reasoning: str, text: str, calls: list[tuple[str, str, str]]) -> ChatMessage:
    blocks: list[ContentBlock] = [ThinkingBlock(content=reasoning)] if reasoning else []
    blocks.append(TextBlock(text=text))
    blocks += [
        ToolCallBlock(tool_call_id=identity, tool_name=name, tool_kwargs=arguments)
        for identity, name, arguments in calls
    ]
    told = {"tool_calls": [_as_of_old(*call) for call in calls]} if calls else {}
    return ChatMessage(role=MessageRole.ASSISTANT, blocks=blocks, additional_kwargs=told)


def _as_of_old(identity: str, name: str, arguments: str) -> dict[str, Any]:
    """A call as parts of LlamaIndex look for it that do not know its block, such as streams of values."""
    return {"id": identity, "type": "function", "function": {"name": name, "arguments": arguments}}


def _usage(reply: Reply) -> dict[str, Any]:
    """By the names that LlamaIndex' token counters look for."""
    usage = reply.usage
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.total_tokens,
    }


def _raw(reply: Reply) -> dict[str, Any]:
    return {
        "finish_reason": "stop" if reply.finish_reason == "stop_sequence" else reply.finish_reason,
        "stop_sequence": reply.stop_sequence,
        "usage": _usage(reply) | {"cached_tokens": reply.usage.cached_tokens},
    }


def _logprobs(reply: Reply) -> list[list[LogProb]] | None:
    """Each token's first, then those in its place."""
    if not reply.logprobs:
        return None
    return [[_logprob(token), *(_logprob(other) for other in token.top)] for token in reply.logprobs]


def _logprob(token: TokenLogprob) -> LogProb:
    return LogProb(token=token.text, logprob=token.logprob, bytes=list(token.text.encode(errors="replace")))
