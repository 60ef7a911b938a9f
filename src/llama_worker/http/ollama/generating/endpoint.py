"""`/api/chat` and `/api/generate`: a request finds its model as it wants it, and is answered line by line."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import Receive, Scope, Send

from ....errors import ContextOverflowError
from ....worker.inert.policy import Policy
from ...answers import send_json
from ...bodies import read_json
from ...dialects.fields import Object, policy_of
from ...disconnect import while_connected
from ...endpoint import Asked as Answering
from ...endpoint import GeneratingEndpoint, owner_of
from ...pool import ModelPool
from ...send_buffer import SendBuffers
from ..bodies import as_json
from ..loading import ready_for
from ..models.capabilities import check_thinking
from ..names import own_name
from ..told import Telling
from .request import Asked
from .truncation import without_oldest


class AnsweringEndpoint:
    """An ASGI endpoint; `read` makes of a body what is asked."""

    def __init__(self, pool: ModelPool, buffers: SendBuffers, read: Callable[[Object], Asked]) -> None:
        self._pool = pool
        self._read = read
        self._generating = GeneratingEndpoint(pool, buffers, read)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await read_json(as_json(scope), receive, self._pool.options)
        asked, policy = self._read(body), policy_of(body, self._pool.options)
        telling = Telling(send, asked.wanted.not_done, lines=asked.stream and not asked.empty)
        await while_connected(receive, self._answer(asked, policy, owner_of(scope), telling))

    async def _answer(self, asked: Asked, policy: Policy, owner: object, send: Telling) -> None:
        if asked.empty and asked.wanted.seconds == 0:
            return await self._unload(asked, send)
        async with ready_for(self._pool, asked.request.model, asked.wanted) as model:
            asked.loaded()
            if asked.empty:
                return await send_json(send, asked.without_answer("load"))
            check_thinking(asked.request.model, asked.request.think, model.runtime.guard.template)
            await self._generate(asked, policy, own_name(asked.request.model, self._pool), owner, send)

    async def _generate(self, asked: Asked, policy: Policy, name: str, owner: object, send: Telling) -> None:
        while True:
            try:
                return await self._generating.answer(Answering(asked, policy, name, {}), owner, send)
            except ContextOverflowError as error:
                if send.started or not without_oldest(asked, error):
                    raise

    async def _unload(self, asked: Asked, send: Send) -> None:
        if model := self._pool.find(own_name(asked.request.model, self._pool)):
            await self._pool.worker.unload_model(model.id)
        await send_json(send, asked.without_answer("unload"))
