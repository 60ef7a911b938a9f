"""`/api/embed` and the older `/api/embeddings`."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Annotated

from msgspec import Meta, Struct
from starlette.types import Receive, Scope, Send

from ...engine.api.vectors import EUCLIDEAN, UNCHANGED, Embedded
from ...options.base import CountOrZero
from ...worker.embedding.embedding import begin_embedding
from ...worker.embedding.forms import to_list
from ...worker.embedding.texts import EmbedRequest as Texts
from ...worker.embedding.texts import check_texts
from ...worker.model import Model
from ..answers import send_json
from ..bodies import checked, read_json
from ..dialects.fields import Object
from ..disconnect import while_connected
from ..endpoint import owner_of
from ..pool import ModelPool
from .bodies import as_json
from .forms import nanoseconds
from .keep_alive import KeepAlive
from .loading import Wanted, ready_for
from .options import read_options
from .told import Telling

_MOST_TEXTS = 2048


class Request(Struct, kw_only=True):
    """What both have."""

    model: Annotated[str, Meta(min_length=1, max_length=1024)]
    options: Object | None = None
    keep_alive: KeepAlive | None = None


class EmbedRequest(Request, kw_only=True):
    """The body of `/api/embed`; `truncate` embeds the beginning of what is too long."""

    input: str | Annotated[list[str], Meta(max_length=_MOST_TEXTS)] = ""
    truncate: bool = True
    dimensions: CountOrZero = 0


class EmbeddingsRequest(Request, kw_only=True):
    """The body of `/api/embeddings`."""

    prompt: str = ""


class EmbeddingRoutes:
    """The endpoints. Without a text they load the model."""

    def __init__(self, pool: ModelPool) -> None:
        self._pool = pool

    async def embed(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer(scope, receive, send, self._embedded)

    async def embeddings(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer(scope, receive, send, self._embedded_one)

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, work: Callable[[Scope, Object, Send], Awaitable[None]]
    ) -> None:
        body = await read_json(as_json(scope), receive, self._pool.options)

        async def answer() -> None:
            await work(scope, body, send)

        await while_connected(receive, answer())

    async def _embedded(self, scope: Scope, body: Object, send: Send) -> None:
        request, began = checked(body, EmbedRequest), time.monotonic()
        wanted = Wanted(read_options(request.options), request.keep_alive)
        texts = [request.input] if isinstance(request.input, str) and request.input else list(request.input)
        async with ready_for(self._pool, request.model, wanted) as model:
            loaded = time.monotonic()
            asked = {"dimensions": request.dimensions or None, "truncate": request.truncate, "norm": EUCLIDEAN}
            answer = await self._vectors(model, texts, asked, owner_of(scope), "input")
            told = {"model": request.model, "embeddings": [to_list(vector) for vector in answer.vectors]}
            counts = {"prompt_eval_count": answer.tokens, "total_duration": nanoseconds(time.monotonic() - began)}
            load = {"load_duration": nanoseconds(loaded - began)}
            await send_json(Telling(send, wanted.not_done), told | counts | load)

    async def _embedded_one(self, scope: Scope, body: Object, send: Send) -> None:
        request = checked(body, EmbeddingsRequest)
        wanted = Wanted(read_options(request.options), request.keep_alive)
        texts = [request.prompt] if request.prompt else []
        async with ready_for(self._pool, request.model, wanted) as model:
            answer = await self._vectors(model, texts, {"norm": UNCHANGED}, owner_of(scope), "prompt")
            told = {"embedding": to_list(answer.vectors[0]) if texts else []}
            await send_json(Telling(send, wanted.not_done), told)

    async def _vectors(self, model: Model, texts: list[str], asked: Object, owner: object, field: str) -> Embedded:
        if not texts:
            return Embedded([], 0)
        embedding = begin_embedding(model.runtime, Texts(texts=check_texts(texts, field), **asked), owner)
        return await model.runtime.run("embed", embedding.run)
