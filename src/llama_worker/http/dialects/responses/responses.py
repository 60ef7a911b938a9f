"""OpenAI's responses, translated from and to chat completions."""

from __future__ import annotations

from collections.abc import AsyncIterator

from ....engine.api import endpoints
from ....engine.transport.exchange import EngineConnectionLost
from ....errors import MalformedOutputError
from ...bodies import checked
from ...problems import Problem, unreadable
from ...sse import HEARTBEAT, payloads
from ..fields import Object, to_engine
from ..undone import RESPONSES, check_done
from .request import ResponsesRequest, chat_request_from
from .stream import ResponseStream


class Responses:
    """One responses request."""

    fields = ResponsesRequest.__struct_fields__
    path = endpoints.CHAT_COMPLETIONS

    def __init__(self, body: Object) -> None:
        request = checked(body, ResponsesRequest)
        check_done(body, RESPONSES)
        asked = to_engine(request, body)
        self.stream = request.stream
        self.body = chat_request_from(asked) | {"stream_options": {"include_usage": True}}
        self._state = ResponseStream(asked)

    async def events(self, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for payload in payloads(data):
            yield self._state.take(payload) or HEARTBEAT
        self._ensure_finished()
        yield self._state.end()

    async def whole(self, data: AsyncIterator[bytes]) -> Object:
        try:
            async for payload in payloads(data):
                self._state.take(payload)
        except MalformedOutputError as error:
            raise unreadable(error, self._state.response()["output"]) from error
        self._ensure_finished()
        self._state.end()
        return self._state.response()

    def _ensure_finished(self) -> None:
        if not self._state.finished:
            raise EngineConnectionLost("the answer ended early")

    def problem(self, problem: Problem) -> bytes:
        return self._state.failed(problem)
