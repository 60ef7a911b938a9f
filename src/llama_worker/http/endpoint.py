"""What endpoints share: the server's parts, and the way of a request through them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any

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
from .bodies import ClientGone, json_object, read_bytes, read_json
from .dialects.dialect import Exchange
from .dialects.fields import Object, policy_of
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
    """An ASGI endpoint that answers a JSON object with one; work for a client that leaves is cancelled."""

    def __init__(self, options: ServerOptions, answer: Callable[[Scope, Object], Awaitable[Any]]) -> None:
        self._options = options
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await read_json(scope, receive, self._options)
        except ClientGone:
            return
        await while_connected(receive, self._send(scope, send, body))

    async def _send(self, scope: Scope, send: Send, body: Object) -> None:
        await send_json(send, await self._answer(scope, body))


class GeneratingEndpoint:
    """An ASGI endpoint whose answer a model writes, streamed or whole."""

    def __init__(self, pool: ModelPool, buffers: SendBuffers, dialect: Callable[[Object], Exchange]) -> None:
        self._pool = pool
        self._buffers = buffers
        self._dialect = dialect

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            data = await read_bytes(scope, receive, self._pool.options.max_body_bytes)
        except ClientGone:
            return
        large = len(data) > _LARGE
        exchange, policy, name = await asyncio.to_thread(self._understood, data) if large else self._understood(data)
        await while_connected(receive, self.answer(exchange, policy, name, owner_of(scope), send))

    async def answer(self, exchange: Exchange, policy: Policy, name: str | None, owner: object, send: Send) -> None:
        """Have the model of that name answer."""
        answering = partial(self._engine_answer, exchange, policy, name, owner)
        if exchange.stream:
            await self._stream(exchange, answering(), send)
        else:
            await self._whole(exchange, answering, send)

    def _understood(self, data: bytes) -> tuple[Exchange, Policy, str | None]:
        body = json_object(data, self._pool.options)
        return self._dialect(body), policy_of(body, self._pool.options), model_name(body)

    @asynccontextmanager
    async def _engine_answer(
        self, exchange: Exchange, policy: Policy, name: str | None, owner: object, alone: bool = False
    ) -> AsyncIterator[tuple[AsyncIterator[bytes], ModelRuntime]]:
        async with self._pool.use(name) as model:
            HTTP.debug("%s asked of %s", exchange.path, model.public_name)
            if tells_text():
                TEXT.debug("%s prompt: %s", exchange.path, exchange.body)
            asked = with_prompt_defaults(
                exchange.body, self._pool.prompt_defaults(model), model.runtime.settings.context_size
            )
            inert = model.runtime.guard.body(asked, policy)
            request = body_with_effort(inert, model.runtime.guard.template)
            alone, path = alone or request.get("reproducible") is True, exchange.path
            if path == INFILL:
                path, request = await as_completion(model.runtime, request)
            async with model.runtime.stream_bytes(path, request, owner=owner, alone=alone) as data:
                yield data, model.runtime

    async def _whole(self, exchange: Exchange, answering: Callable[..., EngineAnswer], send: Send) -> None:
        """Nobody has seen anything of an answer for which there was no room beside others, so it is begun anew."""
        try:
            async with answering() as (data, _):
                answer = await exchange.whole(data)
        except SharedContextFullError:
            async with answering(alone=True) as (data, _):
                answer = await exchange.whole(data)
        await send_json(send, answer)

    async def _stream(self, exchange: Exchange, answering: EngineAnswer, send: Send) -> None:
        """The model is free as soon as the answer is complete or cannot go on, whether it has been read or not."""
        sender = EventSender(send, self._pool.options.write_timeout)

        async def generate(buffer: SendBuffer) -> None:
            async with answering as (data, runtime):
                async for event in exchange.events(data):
                    await buffer.write(event, lambda: runtime.queue.waiting > 0)

        async def stream() -> None:
            async with self._buffers.filled(generate) as pieces:
                await sender.send(pieces)

        await send_events(sender, stream(), exchange.problem)


def model_name(body: Object) -> str | None:
    """The model that a request asks for."""
    name = body.get("model")
    return name if isinstance(name, str) and name else None


def owner_of(scope: Scope) -> object:
    """Whose turn it is in the fair queue: all requests of one client's machine take turns with the sessions."""
    client = scope.get("client")
    return ("http", client[0] if client else None)
