"""OpenAI's text completions, which the engine speaks itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from msgspec import Meta

from ...engine.api import endpoints
from ...engine.transport.exchange import EngineConnectionLost
from ...options.base import CountOrZero
from ..bodies import checked
from ..problems import Problem
from ..sse import DONE, HEARTBEAT, event_of, passed_on, payloads
from .chat import add_usage, ensure_finished
from .fields import Generating, Object, to_engine
from .logprobs import LegacyLogprobs, joined
from .undone import COMPLETION, check_done

Tokens = list[CountOrZero]
# The engine names all answers as a chat's. Quotes inside of JSON texts are escaped, so this can only be its field.
_IDS = (b'"id":"chatcmpl-', b'"id":"cmpl-')


class CompletionRequest(Generating, omit_defaults=True, kw_only=True):
    """The body of a request."""

    prompt: str | list[str | CountOrZero | Tokens]
    logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None


class Completion:
    """One completion request."""

    fields = CompletionRequest.__struct_fields__
    path = endpoints.COMPLETIONS

    def __init__(self, body: Object) -> None:
        request = checked(body, CompletionRequest)
        check_done(body, COMPLETION)
        self.stream = request.stream
        self.body = to_engine(request, body)
        self._progress = request.return_progress
        self._only_read = self.body.get("max_tokens") == 0
        self._logprobs: dict[int, LegacyLogprobs] = {}
        self._most = request.logprobs
        if request.logprobs == 0:  # the probability of each token, and of no other
            self.body["logprobs"] = 1

    def events(self, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        return self._changed(data) if self._changes else self._as_they_are(data)

    async def whole(self, data: AsyncIterator[bytes]) -> Object:
        about: Object = {}
        usage: Object = {}
        choices: dict[int, Object] = {}
        async for chunk in self._chunks(data):
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

    @property
    def _changes(self) -> bool:
        return self._most is not None or self._only_read

    async def _as_they_are(self, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for events in passed_on(data, progress=self._progress):
            yield events.replace(*_IDS)

    async def _changed(self, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        finished = 0
        async for chunk in self._chunks(data):
            finished += sum(choice.get("finish_reason") is not None for choice in chunk.get("choices", ()))
            hidden = "prompt_progress" in chunk and not self._progress
            yield HEARTBEAT if hidden else event_of(chunk)
        if not finished:
            raise EngineConnectionLost("the answer ended early")
        yield DONE

    async def _chunks(self, data: AsyncIterator[bytes]) -> AsyncIterator[Object]:
        async for payload in payloads(data):
            chunk: Object = msgspec.json.decode(payload.replace(*_IDS))
            for choice in chunk.get("choices", ()):
                self._change(choice)
            if self._only_read and chunk.get("usage"):
                chunk["usage"] |= {"completion_tokens": 0, "total_tokens": chunk["usage"]["prompt_tokens"]}
            yield chunk

    def _change(self, choice: Object) -> None:
        """The token that the engine makes of a prompt that is only read is none of an answer."""
        if self._only_read and "text" in choice:
            choice |= {"text": "", "logprobs": None}
        elif self._most is not None and choice.get("logprobs"):
            told = self._logprobs.setdefault(choice["index"], LegacyLogprobs(self._most))
            choice["logprobs"] = told.of(choice["logprobs"]["content"])


def _add(choices: dict[int, Object], part: Object) -> None:
    fresh = {"index": part["index"], "text": "", "logprobs": None, "finish_reason": None}
    choice = choices.setdefault(part["index"], fresh)
    choice["text"] += part["text"]
    choice["finish_reason"] = part["finish_reason"] or choice["finish_reason"]
    choice["logprobs"] = joined(choice["logprobs"], part.get("logprobs"))
