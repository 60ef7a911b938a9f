"""Replies as LangChain's messages."""

from __future__ import annotations

import json
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, InvalidToolCall, ToolCall
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from ...messages.events import ReasoningDelta, TextDelta
from ...messages.values import TokenLogprob, Usage
from ...worker.reply import Reply
from ..access.answers import CallDelta, Piece

PROVIDER = "llama-worker"


def to_result(reply: Reply, model: str) -> ChatResult:
    calls, invalid = _calls(reply)
    message = AIMessage(
        content=reply.text,
        additional_kwargs={"reasoning_content": reply.reasoning} if reply.reasoning else {},
        tool_calls=calls,
        invalid_tool_calls=invalid,
        usage_metadata=_usage(reply.usage),
        response_metadata=_metadata(reply, model),
    )
    return ChatResult(generations=[ChatGeneration(message=message, generation_info=_info(reply))])


def to_chunk(piece: Piece, model: str) -> ChatGenerationChunk:
    """The reply itself is the last: it has the usage and how it ended."""
    match piece:
        case TextDelta():
            return ChatGenerationChunk(message=AIMessageChunk(content=piece.text))
        case ReasoningDelta():
            told = {"reasoning_content": piece.text}
            return ChatGenerationChunk(message=AIMessageChunk(content="", additional_kwargs=told))
        case CallDelta():
            call = tool_call_chunk(
                name=piece.name if piece.begins else None,
                args=piece.arguments,
                id=piece.id if piece.begins else None,
                index=piece.index,
            )
            return ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=[call]))
        case Reply():
            last = AIMessageChunk(
                content="",
                usage_metadata=_usage(piece.usage),
                response_metadata=_metadata(piece, model),
                chunk_position="last",
            )
            return ChatGenerationChunk(message=last, generation_info=_info(piece))


def _calls(reply: Reply) -> tuple[list[ToolCall], list[InvalidToolCall]]:
    calls, invalid = list[ToolCall](), list[InvalidToolCall]()
    for call in reply.tool_calls:
        try:
            arguments = json.loads(call.arguments or "{}")
        except ValueError as error:
            invalid.append(
                InvalidToolCall(
                    type="invalid_tool_call", id=call.id, name=call.name, args=call.arguments, error=str(error)
                )
            )
        else:
            calls.append(ToolCall(type="tool_call", id=call.id, name=call.name, args=arguments))
    return calls, invalid


def _usage(usage: Usage) -> UsageMetadata:
    return UsageMetadata(
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
        total_tokens=usage.total_tokens,
        input_token_details=InputTokenDetails(cache_read=usage.cached_tokens),
    )


def _info(reply: Reply) -> dict[str, Any]:
    """Why it ended, in OpenAI's words, which programs look for."""
    return {"finish_reason": "stop" if reply.finish_reason == "stop_sequence" else reply.finish_reason}


def _metadata(reply: Reply, model: str) -> dict[str, Any]:
    metadata = _info(reply) | {"model_name": model, "model_provider": PROVIDER}
    if reply.stop_sequence is not None:
        metadata["stop_sequence"] = reply.stop_sequence
    if reply.logprobs:
        metadata["logprobs"] = {"content": [_logprob(token) for token in reply.logprobs]}
    return metadata


def _logprob(token: TokenLogprob) -> dict[str, Any]:
    top = [{"token": other.text, "logprob": other.logprob} for other in token.top]
    return {"token": token.text, "logprob": token.logprob, "top_logprobs": top}
