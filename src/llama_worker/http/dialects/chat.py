"""OpenAI's chat completions, which the engine speaks itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from ...engine.api import endpoints
from ...engine.api.chunks import ChatEvent
from ...engine.transport.exchange import EngineConnectionLost
from ...errors import MalformedOutputError
from ..bodies import checked
from ..problems import Problem, unreadable
from ..sse import event_of, passed_on, payloads
from .fields import Generating, Limit, Object, to_engine
from .shapes.chat import Message, ResponseFormat, TemplateOptions, Tool, ToolChoice
from .tools import choose_tools, engine_messages
from .undone import CHAT, check_done

Messages = Annotated[list[Message], Meta(min_length=1)]


class ChatRequest(Generating, omit_defaults=True, kw_only=True):
    """The body of a request."""

    messages: Messages
    max_completion_tokens: Limit | None = None
    tools: list[Tool] | None = None
    tool_choice: Literal["auto", "none", "required", "any"] | ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    response_format: ResponseFormat | None = None
    reasoning_effort: str | None = None
    reasoning_format: Literal["none", "auto", "deepseek", "deepseek-legacy"] | None = None
    thinking_budget_tokens: Annotated[int, Meta(ge=-1, le=2**31 - 1)] | None = None
    chat_template_kwargs: TemplateOptions | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    add_generation_prompt: bool | None = None
    continue_final_message: bool | None = None


class Chat:
    """One chat request."""

    fields = ChatRequest.__struct_fields__
    path = endpoints.CHAT_COMPLETIONS

    def __init__(self, body: Object) -> None:
        request = checked(body, ChatRequest)
        check_done(body, CHAT)
        self.stream = request.stream
        self._progress = request.return_progress
        self.body = chat_body(to_engine(request, body))
        if not request.stream:
            self.body["stream_options"] = {"include_usage": True}

    def events(self, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        return passed_on(data, progress=self._progress)

    async def whole(self, data: AsyncIterator[bytes]) -> Object:
        answer = ChatAnswer()
        try:
            async for payload in payloads(data):
                answer.add(msgspec.json.decode(payload))
        except MalformedOutputError as error:
            raise unreadable(error, answer.message) from error
        return answer.whole()

    def problem(self, problem: Problem) -> bytes:
        return event_of(problem.openai())


class ChatChunk(ChatEvent, rename={"verbose": "__verbose"}):
    """A chunk of the engine's, as far as other dialects are made of it."""

    model: str = ""
    usage: Object | None = None


def chat_body(body: Object) -> Object:
    """`body` as the engine understands it."""
    _continue(body)
    body["messages"] = engine_messages(body["messages"])
    if "max_completion_tokens" in body:
        body["max_tokens"] = body.pop("max_completion_tokens")
    choose_tools(body)
    return body


def _continue(body: Object) -> None:
    """An answer at the end of the messages goes on: raise `Problem` where that, or its opposite, cannot be."""
    goes_on, is_begun = body.pop("continue_final_message", None), body["messages"][-1]["role"] == "assistant"
    if goes_on and body.get("add_generation_prompt"):
        message = "Cannot set both add_generation_prompt and continue_final_message to true."
    elif goes_on and not is_begun:
        message = "continue_final_message needs an answer to go on with: the last message must be the assistant's."
    elif goes_on is False and is_begun:
        message = "An answer at the end of the messages always goes on here: put a message after it."
    else:
        return
    raise Problem(400, message, code="invalid_value", param="continue_final_message")


class ChatAnswer:
    """The chunks of a stream put together."""

    def __init__(self) -> None:
        self._about: Object = {}
        self._choices: dict[int, Object] = {}
        self._usage: Object = {}

    def add(self, chunk: Object) -> None:
        """Take one chunk."""
        if "prompt_progress" in chunk:
            return
        self._about |= {name: chunk[name] for name in _ABOUT if name in chunk}
        self._usage = add_usage(self._usage, chunk.get("usage"))
        for part in chunk.get("choices", []):
            self._add_choice(part)

    @property
    def message(self) -> Object | None:
        """What has come of the first answer."""
        return self._choices[0]["message"] if 0 in self._choices else None

    def whole(self) -> Object:
        """The answer; raises `EngineConnectionLost` when its end is missing."""
        ensure_finished(self._choices)
        choices = [self._choices[index] for index in sorted(self._choices)]
        return self._about | {"object": "chat.completion", "choices": choices, "usage": self._usage}

    def _add_choice(self, part: Object) -> None:
        index = part.get("index", 0)
        choice = self._choices.setdefault(index, _new_choice(index))
        _add_delta(choice["message"], part.get("delta", {}))
        if part.get("finish_reason"):
            choice["finish_reason"] = part["finish_reason"]
        add_logprobs(choice, part.get("logprobs"))


_ABOUT = ("id", "created", "model", "system_fingerprint", "timings")


def _new_choice(index: int) -> Object:
    message = {"role": "assistant", "content": None, "refusal": None}
    return {"index": index, "message": message, "logprobs": None, "finish_reason": None}


def _add_delta(message: Object, delta: Object) -> None:
    for name in ("content", "reasoning_content"):
        if delta.get(name):
            message[name] = (message.get(name) or "") + delta[name]
    for call in delta.get("tool_calls", []):
        _add_call(message.setdefault("tool_calls", []), call)
    if message["content"] is None and not delta and "tool_calls" not in message:
        message["content"] = ""  # the closing delta of an empty answer


def _add_call(calls: list[Object], part: Object) -> None:
    while len(calls) <= part["index"]:
        calls.append({"id": "", "type": "function", "function": {"name": "", "arguments": ""}})
    call, function = calls[part["index"]], part.get("function", {})
    call["id"] = part.get("id") or call["id"]
    call["function"]["name"] += function.get("name", "")
    call["function"]["arguments"] += function.get("arguments", "")


def add_logprobs(choice: Object, logprobs: Any) -> None:
    """Append the token probabilities of a chunk."""
    if logprobs and logprobs.get("content"):
        choice["logprobs"] = choice["logprobs"] or {"content": [], "refusal": None}
        choice["logprobs"]["content"] += logprobs["content"]


def add_usage(usage: Object, more: Object | None) -> Object:
    """Counts of several answers to one prompt: the prompt counts once, what was generated adds up."""
    if not more or not usage:
        return more or usage
    completion = usage["completion_tokens"] + more["completion_tokens"]
    return more | {"completion_tokens": completion, "total_tokens": more["prompt_tokens"] + completion}


def ensure_finished(choices: dict[int, Object]) -> None:
    """Raise `EngineConnectionLost` when the answer broke off."""
    if not choices or not all(choice["finish_reason"] for choice in choices.values()):
        raise EngineConnectionLost("the answer ended early")
