"""Ollama's requests for an answer, and what the engine is asked."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ....engine.api import endpoints
from ....engine.api.chunks import Chunk, parse_chat_chunk, parse_completion_chunk
from ....worker.structured.limits import check_fields
from ...bodies import checked
from ...dialects.chat import chat_body
from ...dialects.fields import Object
from ...dialects.shapes.chat import Function
from ...dialects.shapes.schema import Schema
from ...problems import Problem
from ..forms import line_of
from ..keep_alive import KeepAlive
from ..loading import Wanted
from ..options import read_options
from .lines import Answer, Shape, chat_shape, generate_shape
from .messages import Message, chat_messages, content_with

Think = bool | Literal["low", "medium", "high", "max"]


class Request(Struct, kw_only=True):
    """What both have. `truncate` leaves out the oldest messages of a conversation that is too long."""

    model: Annotated[str, Meta(min_length=1, max_length=1024)]
    stream: bool = True
    format: Literal["", "json"] | Schema | None = None
    options: Object | None = None
    keep_alive: KeepAlive | None = None
    think: Think | None = None
    logprobs: bool = False
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] = 0
    truncate: bool = True
    shift: bool = False


class Tool(Struct):
    """A function that the model may call."""

    function: Function
    type: Literal["function"] = "function"


class ChatRequest(Request, kw_only=True):
    """The body of `/api/chat`."""

    messages: list[Message] = []
    tools: list[Tool] | None = None


class GenerateRequest(Request, kw_only=True):
    """The body of `/api/generate`."""

    prompt: str = ""
    suffix: str = ""
    system: str = ""
    template: str = ""
    context: list[int] | None = None
    raw: bool = False
    images: list[str] | None = None


class Asked:
    """A request, read and checked: an `Exchange`, and how it wants its model; `empty` ones have nothing to answer."""

    def __init__(self, request: Request, said: Object, path: str, body: Object, shape: Shape, *, empty: bool) -> None:
        """`said` is the request as it came."""
        options = read_options(request.options)
        self.request = request
        self.fields = request.__struct_fields__
        self.wanted = Wanted(options, request.keep_alive)
        self.wanted.not_done += ["shift"] if request.shift else []
        self.path = path
        self.body = body | options.engine_fields | _form(said.get("format")) | _common(request, path)
        self.stream = request.stream
        self.empty = empty
        self._load_seconds = 0.0
        self._began = time.monotonic()
        self._shape = shape
        check_fields(self.body)

    @property
    def parse(self) -> Callable[[bytes], Chunk]:
        return parse_chat_chunk if self.path == endpoints.CHAT_COMPLETIONS else parse_completion_chunk

    @property
    def answer(self) -> Answer:
        """A new one."""
        return Answer(self.request.model, self._shape, self.parse, self._began, self._load_seconds)

    def loaded(self) -> None:
        """The model can answer from now on."""
        self._load_seconds = time.monotonic() - self._began

    def events(self, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        return self.answer.lines(data)

    async def whole(self, data: AsyncIterator[bytes]) -> Object:
        return await self.answer.whole(data)

    def problem(self, problem: Problem) -> bytes:
        return line_of(problem.ollama())

    def without_answer(self, reason: str) -> Object:
        """For a request that only loads or unloads."""
        return self.answer.told({"content": "", "done": True, "done_reason": reason})


def read_chat(body: Object) -> Asked:
    """`/api/chat`. Raises `Problem`."""
    request = checked(body, ChatRequest)
    messages = chat_messages(request.messages)
    tools = [{"type": "function"} | tool for tool in body.get("tools") or ()]
    chat: Object = {"messages": messages} | ({"tools": tools} if tools else {})
    if messages:
        chat = chat_body(chat)
    return Asked(request, body, endpoints.CHAT_COMPLETIONS, chat, chat_shape, empty=not messages)


def read_generate(body: Object) -> Asked:
    """`/api/generate`. Raises `Problem`."""
    request = checked(body, GenerateRequest)
    _check_prompt(request)
    empty = not request.prompt
    if request.suffix:
        gap: Object = {"input_prefix": request.prompt, "input_suffix": request.suffix}
        return Asked(request, body, endpoints.INFILL, gap, generate_shape, empty=empty)
    if request.raw:
        raw: Object = {"prompt": request.prompt}
        return Asked(request, body, endpoints.COMPLETION, raw, generate_shape, empty=empty)
    asked = {"role": "user", "content": content_with(request.prompt, request.images, "$")}
    system = [{"role": "system", "content": request.system}] if request.system else []
    chat = chat_body({"messages": [*system, asked]})
    return Asked(request, body, endpoints.CHAT_COMPLETIONS, chat, generate_shape, empty=empty)


def _check_prompt(request: GenerateRequest) -> None:
    """Raise `Problem` for what cannot be, or is not done."""
    if request.template:
        raise _refused("template", "a model's own template is used, or what the server was started with")
    if request.context:
        raise _refused("context", "send the conversation to /api/chat")
    if (request.raw or request.suffix) and (request.system or request.images):
        raise _refused("raw" if request.raw else "suffix", "it does not go together with system or images")


def _refused(field: str, why: str) -> Problem:
    return Problem(400, f"{field} cannot be given here: {why}.", code="not_supported", param=field)


def _form(form: Object | str | None) -> Object:
    if not form:
        return {}
    if form == "json":
        return {"response_format": {"type": "json_object"}}
    return {"response_format": {"type": "json_schema", "json_schema": {"schema": form}}}


def _common(request: Request, path: str) -> Object:
    body: Object = {}
    if path != endpoints.CHAT_COMPLETIONS:
        return body | ({"n_probs": max(request.top_logprobs, 1)} if request.logprobs else {})
    if request.logprobs:
        body |= {"logprobs": True, "top_logprobs": request.top_logprobs}
    return body | _thinking(request.think)


def _thinking(think: Think | None) -> Object:
    if think is None:
        return {}
    if think is True:
        return {"chat_template_kwargs": {"enable_thinking": True}}
    return {"reasoning_effort": think or "none"}
