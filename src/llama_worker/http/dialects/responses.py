"""OpenAI's responses: the engine speaks them, but leaves out what stricter clients need."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal

import msgspec

from ...engine.api import endpoints
from ...engine.api.client import EngineConnectionLost
from ...options.base import CountOrZero
from ..bodies import checked
from ..problems import Problem
from ..sse import event_of, payloads, whole_events
from .fields import Object, Sampling, to_engine
from .response_events import ResponseEvents
from .tools import choose_tools, engine_messages


class ResponsesRequest(Sampling, omit_defaults=True, kw_only=True):
    """The body of a request."""

    input: str | list[Object]
    instructions: str | None = None
    max_output_tokens: CountOrZero | None = None
    tools: list[Object] | None = None
    tool_choice: Literal["auto", "none", "required"] | Object | None = None
    parallel_tool_calls: bool | None = None
    text: Object | None = None
    reasoning: Object | None = None
    previous_response_id: str | None = None
    stream: bool = False


class Responses:
    """One responses request."""

    path = endpoints.RESPONSES

    def __init__(self, body: Object) -> None:
        request = checked(body, ResponsesRequest)
        self.stream = request.stream
        self._asked = to_engine(request)
        self.body = _engine_body(dict(self._asked))

    async def events(self, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        state = ResponseEvents(self._asked)
        async for events in whole_events(data):
            for event in events.split(b"\n\n"):
                if event:
                    yield state.mend(event)
        if not state.finished:
            raise EngineConnectionLost("the answer ended early")

    async def whole(self, data: AsyncIterator[bytes]) -> Object:
        state = ResponseEvents(self._asked)
        async for payload in payloads(data):
            event = msgspec.json.decode(payload)
            if event["type"] == "response.completed":
                return state.complete(event["response"])
        raise EngineConnectionLost("the answer ended early")

    def problem(self, problem: Problem) -> bytes:
        about = {"type": "error", "sequence_number": 0, "param": problem.param}
        return event_of(about | {"code": problem.code, "message": problem.message}, "error")


def _engine_body(body: Object) -> Object:
    if body.pop("previous_response_id", None):
        message = "Responses are not stored here: send the whole conversation as input."
        raise Problem(400, message, code="not_supported", param="previous_response_id")
    if isinstance(body["input"], list):
        body["input"] = engine_messages(body["input"])
    if text_format := (body.pop("text", None) or {}).get("format"):
        body["response_format"] = _response_format(text_format)
    choose_tools(body)
    return body


def _response_format(text_format: Object) -> Object:
    if text_format.get("type") != "json_schema":
        return text_format
    return {"type": "json_schema", "json_schema": {"schema": text_format.get("schema", {})}}
