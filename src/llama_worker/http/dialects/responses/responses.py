"""OpenAI's responses, translated from and to chat completions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from ....engine.api import endpoints
from ....engine.transport.exchange import EngineConnectionLost
from ....errors import MalformedOutputError
from ...bodies import checked
from ...problems import Problem, unreadable
from ...sse import HEARTBEAT, payloads
from ...storing.responses import ResponseStore, StoredResponse
from ..fields import Object, to_engine
from ..undone import RESPONSES, check_done
from .items import input_items
from .request import ResponsesRequest, chat_request_from
from .stream import ResponseStream


class Responses:
    """One responses request. What it goes on with is read from the disk, so begin it in a thread."""

    fields = ResponsesRequest.__struct_fields__
    path = endpoints.CHAT_COMPLETIONS

    def __init__(self, body: Object, store: ResponseStore) -> None:
        request = checked(body, ResponsesRequest)
        check_done(body, RESPONSES)
        asked = to_engine(request, body)
        self.stream = request.stream
        before = _before(request.previous_response_id, store)
        self.body = chat_request_from(asked, before) | {"stream_options": {"include_usage": True}}
        self._state = ResponseStream(asked)
        self._input = input_items(asked["input"])
        self._previous = request.previous_response_id
        self._store = store if request.store else None

    async def events(self, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for payload in payloads(data):
            yield self._state.take(payload) or HEARTBEAT
        yield await self._end()

    async def whole(self, data: AsyncIterator[bytes]) -> Object:
        try:
            async for payload in payloads(data):
                self._state.take(payload)
        except MalformedOutputError as error:
            raise unreadable(error, self._state.response()["output"]) from error
        await self._end()
        return self._state.response()

    async def _end(self) -> bytes:
        """The last events; whoever has read them may go on with the response."""
        if not self._state.finished:
            raise EngineConnectionLost("the answer ended early")
        closed = self._state.close()
        if self._store and self._store.keeps:
            self._state.stored = True
            self._state.stored = await asyncio.to_thread(self._keep, self._store)
        return closed + self._state.end()

    def _keep(self, store: ResponseStore) -> bool:
        """An answer that cannot be kept is an answer."""
        try:
            return store.put(StoredResponse(self._state.response(), self._input, self._previous))
        except Problem:  # the log has it
            return False

    def problem(self, problem: Problem) -> bytes:
        return self._state.failed(problem)


def _before(previous: str | None, store: ResponseStore) -> list[Object]:
    """All that was said before. Raises `Problem`."""
    if previous is None:
        return []
    if (before := store.conversation(previous)) is not None:
        return before
    raise Problem(
        400,
        f"Previous response with id {previous!r} not found: it, or one before it, was not stored, or has made room for "
        "newer ones. Send the whole conversation as input.",
        code="previous_response_not_found",
        param="previous_response_id",
    )
