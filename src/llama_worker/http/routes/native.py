"""What llama-server tells of a model and of its slots, and its own form of vectors."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qs

import msgspec
from msgspec import Meta, Struct
from starlette.types import Receive, Scope, Send

from ...engine.api import endpoints
from ...engine.api.vectors import EUCLIDEAN
from ...worker.embedding.embedding import begin_embedding
from ...worker.embedding.forms import to_list
from ...worker.embedding.texts import EmbedRequest, check_texts
from ..answers import send_json
from ..bodies import checked
from ..dialects.fields import Object
from ..endpoint import model_name, owner_of
from ..pool import ModelPool
from ..problems import Problem, without_paths
from .embeddings import Texts, each_text

_OF_A_SLOT = ("id", "n_ctx", "speculative", "is_processing", "n_prompt_tokens", "next_token")
"""Nothing of what others ask."""


class NativeEmbeddingRequest(Struct):
    """llama-server's body: texts or tokens as `content`, or as `input`."""

    content: Texts | None = None
    input: Texts | None = None
    embd_normalize: Annotated[int, Meta(ge=-1, le=64)] = EUCLIDEAN


class NativeRoutes:
    """The endpoints. `?model=NAME` asks for another model than the default one."""

    def __init__(self, pool: ModelPool) -> None:
        self._pool = pool

    async def props(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What the engine says of itself; no path."""
        async with self._pool.use(_asked_model(scope)) as model:
            told: Object = msgspec.json.decode(await model.runtime.request(endpoints.PROPS))
            name = self._pool.public_name(model)
        known = {"model_alias": name, "model_path": without_paths(str(told.get("model_path", "")))}
        await send_json(send, told | known)

    async def slots(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What each slot does, but not for whom."""
        async with self._pool.use(_asked_model(scope)) as model:
            told: list[Object] = msgspec.json.decode(await model.runtime.request(endpoints.SLOTS))
        await send_json(send, [{name: slot[name] for name in _OF_A_SLOT if name in slot} for slot in told])

    async def embedding(self, scope: Scope, body: Object) -> list[Any]:
        """The vectors, each in a list of its own, as the engine has one for each token of models without pooling."""
        request = checked(body, NativeEmbeddingRequest)
        field = "content" if request.content is not None else "input"
        given = getattr(request, field)
        if given is None:
            raise Problem(400, "content: a text, or a list of them, is needed.", code="invalid_value", param="content")
        asked = EmbedRequest(texts=check_texts(each_text(given, field), field), norm=request.embd_normalize)
        async with self._pool.use(model_name(body)) as model:
            embedding = begin_embedding(model.runtime, asked, owner_of(scope))
            answer = await model.runtime.run("embed", embedding.run)
        return [{"index": index, "embedding": [to_list(vector)]} for index, vector in enumerate(answer.vectors)]


def _asked_model(scope: Scope) -> str | None:
    return next(iter(parse_qs(scope["query_string"].decode("latin-1")).get("model", ())), None)
