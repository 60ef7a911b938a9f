"""llama-server's own completion and infill, whose events are passed on as they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from ....engine.api import endpoints
from ....engine.transport.exchange import EngineConnectionLost
from ....options.base import CountOrZero
from ...bodies import checked
from ...problems import Problem
from ...sse import event_of, passed_on, payloads
from ..fields import Limit, Object, Sampling, Stop, to_engine

_GROWING = frozenset({"content", "tokens", "completion_probabilities"})
Tokens = Annotated[list[CountOrZero], Meta(min_length=1)]
Probabilities = Annotated[int, Meta(ge=0, le=100)]


class NativeRequest(Sampling, omit_defaults=True, kw_only=True):
    """What both share."""

    n_predict: Limit | None = None
    max_tokens: Limit | None = None
    stop: Stop | None = None
    stream: bool = False
    return_progress: bool = False
    timings_per_token: bool | None = None
    n_probs: Probabilities | None = None
    post_sampling_probs: bool | None = None
    return_tokens: bool | None = None


class Prompt(Struct, forbid_unknown_fields=True):
    """A text as an object; images come in the messages of a chat."""

    prompt_string: str


class CompletionRequest(NativeRequest, omit_defaults=True, kw_only=True):
    """The body of a request to continue a text, or several, each a text or tokens, or both mixed."""

    prompt: str | Prompt | Annotated[list[str | CountOrZero | Tokens | Prompt], Meta(min_length=1)]
    n: Annotated[int, Meta(ge=1, le=64)] | None = None
    samplers: list[str] | None = None
    top_n_sigma: float | None = None
    dynatemp_range: Annotated[float, Meta(ge=0.0, le=1000.0)] | None = None
    dynatemp_exponent: Annotated[float, Meta(ge=0.0, le=1000.0)] | None = None
    dry_base: Annotated[float, Meta(ge=1.0, le=100.0)] | None = None
    dry_allowed_length: CountOrZero | None = None
    dry_penalty_last_n: Annotated[int, Meta(ge=-1, le=2**31 - 1)] | None = None
    min_keep: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    t_max_predict_ms: Limit | None = None


class ExtraFile(Struct, omit_defaults=True):
    """Another file of the project."""

    text: str
    filename: str = "tmp"


class InfillRequest(NativeRequest, omit_defaults=True, kw_only=True):
    """The body of a request to fill the gap between two texts."""

    input_prefix: str
    input_suffix: str
    input_extra: list[ExtraFile] | None = None
    prompt: str | None = None


class _Native:
    """One request."""

    def __init__(self, request: NativeRequest, body: Object) -> None:
        self.stream = request.stream
        self.body = to_engine(request, body)
        self._progress = request.return_progress
        self._only_read = self.body.get("max_tokens") == 0
        self._with_tokens = request.return_tokens is True

    def events(self, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        if self._only_read:
            return self._end(data)
        return passed_on(data, end=b"", progress=self._progress)

    async def _end(self, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Of a prompt that is only read."""
        answer = await self.whole(data)
        for one in answer if isinstance(answer, list) else [answer]:
            yield event_of(one)

    async def whole(self, data: AsyncIterator[bytes]) -> Object | list[Object]:
        """One answer, or a list of several."""
        answers: dict[int, Object] = {}
        async for payload in payloads(data):
            _add(answers, msgspec.json.decode(payload))
        if not answers or not all(answer.get("stop") for answer in answers.values()):
            raise EngineConnectionLost("the answer ended early")
        told = [self._told(answers[index]) for index in sorted(answers)]
        return told[0] if len(told) == 1 else told

    def problem(self, problem: Problem) -> bytes:
        return event_of(problem.openai())

    def _told(self, answer: Object) -> Object:
        """The token that the engine makes of a prompt that is only read is none of an answer."""
        if self._only_read:
            answer |= {"content": "", "tokens": [], "tokens_predicted": 0}
            answer.pop("completion_probabilities", None)
        return answer if self._with_tokens else answer | {"tokens": []}


def _add(answers: dict[int, Object], chunk: Object) -> None:
    if "prompt_progress" in chunk:
        return
    before = answers.get(index := chunk.get("index", 0), {})
    grown = {name: before[name] + chunk.get(name, type(before[name])()) for name in _GROWING & before.keys()}
    answers[index] = before | chunk | grown


class Completion(_Native):
    """One completion request."""

    fields = CompletionRequest.__struct_fields__
    path = endpoints.COMPLETION

    def __init__(self, body: Object) -> None:
        request = checked(body, CompletionRequest)
        super().__init__(request, body)
        prompt = self.body["prompt"]
        self.body["prompt"] = [_text(one) for one in prompt] if isinstance(prompt, list) else _text(prompt)


def _text(prompt: Any) -> Any:
    """A prompt that is an object as the text that it means."""
    return prompt["prompt_string"] if isinstance(prompt, dict) else prompt


class Infill(_Native):
    """One infill request."""

    fields = InfillRequest.__struct_fields__
    path = endpoints.INFILL

    def __init__(self, body: Object) -> None:
        super().__init__(checked(body, InfillRequest), body)
