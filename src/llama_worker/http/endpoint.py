"""What endpoints share: the server's parts, and the way of a request through them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any, NamedTuple

from msgspec import Struct
from starlette.types import Receive, Scope, Send

from ..engine.api.endpoints import INFILL
from ..errors import SharedContextFullError
from ..loggers import HTTP, TEXT, tells_text
from ..options.server import ServerOptions
from ..worker.generation.reasoning.effort import body_with_effort
from ..worker.inert.policy import Policy
from ..worker.infill.served import as_completion
from ..worker.runtime import ModelRuntime
from .answers import EventSender, send_events, send_json
from .bodies import json_object, read_bytes, read_json, typed
from .dialects.dialect import Exchange
from .dialects.fields import Object, policy_of
from .dialects.undone import ignored
from .disconnect import while_connected
from .pool import ModelPool
from .prompt_defaults import with_prompt_defaults
from .send_buffer import SendBuffer, SendBuffers

# Bytes of a body from which on others need not wait while it is checked.
_LARGE = 1 << 20
EngineAnswer = AbstractAsyncContextManager[tuple[AsyncIterator[bytes], ModelRuntime]]


class AsgiEndpoint:
    """A method as an ASGI endpoint; Starlette would take it for a function from request to response."""

    def __init__(self, method: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._method = method

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._method(scope, receive, send)


class JsonEndpoint:
    """An ASGI endpoint that answers a JSON object with one; work for a client that leaves is cancelled. Of the `shapes`
    that a body may have all fields are known."""

    def __init__(
        self, options: ServerOptions, answer: Callable[[Scope, Object], Awaitable[Any]], *shapes: type[Struct]
    ) -> None:
        self._options = options
        self._answer = answer
        self._known = {name for shape in shapes for name in shape.__struct_fields__}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await read_json(scope, receive, self._options)
        await while_connected(receive, self._send(scope, send, body))

    async def _send(self, scope: Scope, send: Send, body: Object) -> None:
        answer = await self._answer(scope, body)
        await send_json(send, answer, headers=ignored(body, self._known))


class Asked(NamedTuple):
    """What a request asks for: of which model, with what done to special tokens, and headers of its answer."""

    exchange: Exchange
    policy: Policy
    model: str | None
    headers: dict[str, str]


class GeneratingEndpoint:
    """An ASGI endpoint whose answer a model writes, streamed or whole. A `dialect` that `reads` from the disk is begun
    in a thread."""

    def __init__(
        self, pool: ModelPool, buffers: SendBuffers, dialect: Callable[[Object], Exchange], *, reads: bool = False
    ) -> None:
        self._pool = pool
        self._buffers = buffers
        self._dialect = dialect
        self._reads = reads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        data = await read_bytes(scope, receive, self._pool.options.max_body_bytes)
        aside = self._reads or len(data) > _LARGE
        asked = await asyncio.to_thread(self._understood, data) if aside else self._understood(data)
        await while_connected(receive, self.answer(asked, owner_of(scope), send))

    async def answer(self, asked: Asked, owner: object, send: Send) -> None:
        """Have the model that is asked for answer."""
        answering = partial(self._engine_answer, asked, owner)
        if asked.exchange.stream:
            await self._stream(asked, answering(), send)
        else:
            await self._whole(asked, answering, send)

    def _understood(self, data: bytes) -> Asked:
        body = json_object(data, self._pool.options)
        exchange, policy = self._dialect(body), policy_of(body, self._pool.options)
        return Asked(exchange, policy, model_name(body), ignored(body, exchange.fields))

    @asynccontextmanager
    async def _engine_answer(
        self, request: Asked, owner: object, alone: bool = False
    ) -> AsyncIterator[tuple[AsyncIterator[bytes], ModelRuntime]]:
        exchange = request.exchange
        async with self._pool.use(request.model) as model:
            HTTP.debug("%s asked of %s", exchange.path, model.public_name)
            if tells_text():
                TEXT.debug("%s prompt: %s", exchange.path, exchange.body)
            asked = with_prompt_defaults(
                exchange.body, self._pool.naming.defaults(request.model, model), model.runtime.settings.context_size
            )
            inert = model.runtime.guard.body(asked, request.policy)
            body = body_with_effort(inert, model.runtime.guard.template)
            alone, path = alone or body.get("reproducible") is True, exchange.path
            if path == INFILL:
                path, body = await as_completion(model.runtime, body)
            async with model.runtime.stream_bytes(path, body, owner=owner, alone=alone) as data:
                yield data, model.runtime

    async def _whole(self, request: Asked, answering: Callable[..., EngineAnswer], send: Send) -> None:
        """Nobody has seen anything of an answer for which there was no room beside others, so it is begun anew."""
        try:
            async with answering() as (data, _):
                answer = await request.exchange.whole(data)
        except SharedContextFullError:
            async with answering(alone=True) as (data, _):
                answer = await request.exchange.whole(data)
        await send_json(send, answer, headers=request.headers)

    async def _stream(self, request: Asked, answering: EngineAnswer, send: Send) -> None:
        """The model is free as soon as the answer is complete or cannot go on, whether it has been read or not."""
        sender = EventSender(send, self._pool.options.write_timeout, request.headers)

        async def generate(buffer: SendBuffer) -> None:
            async with answering as (data, runtime):
                async for event in request.exchange.events(data):
                    await buffer.write(event, lambda: runtime.queue.waiting > 0)

        async def stream() -> None:
            async with self._buffers.filled(generate) as pieces:
                await sender.send(pieces)

        await send_events(sender, stream(), request.exchange.problem)


def model_name(body: Object) -> str | None:
    """The model that a request asks for. Raises `Problem` for what is no name."""
    return typed(body.get("model"), str, "model") or None


def owner_of(scope: Scope) -> object:
    """Whose turn it is in the fair queue: all requests of one client's machine take turns with the sessions."""
    client = scope.get("client")
    return ("http", client[0] if client else None)
