"""OpenAI's text completions and llama.cpp's infill, which the engine speaks itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from ...engine.api import endpoints
from ...engine.transport.exchange import EngineConnectionLost
from ...options.base import CountOrZero
from ..bodies import checked
from ..problems import Problem
from ..sse import event_of, passed_on, payloads
from .chat import add_logprobs, add_usage, ensure_finished
from .fields import Generating, Object, Sampling, Stop, to_engine

Tokens = list[CountOrZero]


class CompletionRequest(Generating, omit_defaults=True, kw_only=True):
    """The body of a request."""

    prompt: str | list[str | CountOrZero | Tokens]
    logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None


class Completion:
    """One completion request."""

    path = endpoints.COMPLETIONS

    def __init__(self, body: Object) -> None:
        request = checked(body, CompletionRequest)
        self.stream = request.stream
        self.body = to_engine(request, body)

    def events(self, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        return passed_on(data)

    async def whole(self, data: AsyncIterator[bytes]) -> Object:
        about: Object = {}
        usage: Object = {}
        choices: dict[int, Object] = {}
        async for payload in payloads(data):
            chunk = msgspec.json.decode(payload)
            if "prompt_progress" in chunk:
                continue
            about |= {name: value for name, value in chunk.items() if name not in ("choices", "usage")}
            usage = add_usage(usage, chunk.get("usage"))
            for part in chunk["choices"]:
                _add(choices, part)
        ensure_finished(choices)
        return about | {"choices": [choices[index] for index in sorted(choices)], "usage": usage}

    def problem(self, problem: Problem) -> bytes:
        return event_of(problem.openai())


def _add(choices: dict[int, Object], part: Object) -> None:
    fresh = {"index": part["index"], "text": "", "logprobs": None, "finish_reason": None}
    choice = choices.setdefault(part["index"], fresh)
    choice["text"] += part["text"]
    choice["finish_reason"] = part["finish_reason"] or choice["finish_reason"]
    add_logprobs(choice, part.get("logprobs"))


class ExtraFile(Struct, omit_defaults=True):
    """Another file of the project."""

    text: str
    filename: str = "tmp"


class InfillRequest(Sampling, omit_defaults=True, kw_only=True):
    """The body of a request to fill the gap between two texts."""

    input_prefix: str
    input_suffix: str
    input_extra: list[ExtraFile] | None = None
    prompt: str | None = None
    n_predict: CountOrZero | None = None
    max_tokens: CountOrZero | None = None
    stop: Stop | None = None
    stream: bool = False


class Infill:
    """One infill request."""

    path = endpoints.INFILL

    def __init__(self, body: Object) -> None:
        request = checked(body, InfillRequest)
        self.stream = request.stream
        self.body = to_engine(request, body)

    def events(self, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        return passed_on(data, end=b"")

    async def whole(self, data: AsyncIterator[bytes]) -> Object:
        text, last = "", {}
        async for payload in payloads(data):
            last = msgspec.json.decode(payload)
            text += last["content"]
        if not last.get("stop"):
            raise EngineConnectionLost("the answer ended early")
        return last | {"content": text}

    def problem(self, problem: Problem) -> bytes:
        return event_of(problem.openai())
