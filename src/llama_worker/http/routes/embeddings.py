"""Embeddings and rerankings, in the bodies of OpenAI and Jina."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct
from starlette.types import Scope

from ...engine.api import endpoints
from ...engine.api.vectors import EUCLIDEAN
from ...options.base import Count, CountOrZero
from ...worker.embedding.embedding import begin_embedding
from ...worker.embedding.forms import to_list
from ...worker.embedding.texts import EmbedRequest, check_texts
from ...worker.model import Model
from ..bodies import checked
from ..dialects.fields import Object
from ..endpoint import model_name, owner_of
from ..pool import ModelPool
from ..problems import Problem

Text = Annotated[str, Meta(min_length=1)]
Tokens = Annotated[list[CountOrZero], Meta(min_length=1)]


class EmbeddingsRequest(Struct):
    """OpenAI's body; texts or tokens. `truncate` embeds the beginning of what is too long, `embd_normalize` is
    llama.cpp's: -1 for none, 0 for the largest number to be 32760, and p for the p-norm."""

    input: Text | Annotated[list[Text | CountOrZero | Tokens], Meta(min_length=1, max_length=2048)]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: Count | None = None
    embd_normalize: Annotated[int, Meta(ge=-1, le=64)] = EUCLIDEAN
    truncate: bool = False


class RerankRequest(Struct):
    """Jina's body."""

    query: Text
    documents: Annotated[list[Text], Meta(min_length=1, max_length=2048)]
    top_n: Count | None = None


class EmbeddingRoutes:
    """The endpoints."""

    def __init__(self, pool: ModelPool) -> None:
        self._pool = pool

    async def embeddings(self, scope: Scope, body: Object) -> Object:
        request = checked(body, EmbeddingsRequest)
        asked = EmbedRequest(
            texts=check_texts(_inputs(request), "input"),
            norm=request.embd_normalize,
            dimensions=request.dimensions,
            truncate=request.truncate,
        )
        async with self._pool.use(model_name(body)) as model:
            embedding = begin_embedding(model.runtime, asked, owner_of(scope))
            answer = await model.runtime.run("embed", embedding.run)
        form = to_list if request.encoding_format == "float" else bytes
        data = [
            {"object": "embedding", "index": index, "embedding": form(vector)}
            for index, vector in enumerate(answer.vectors)
        ]
        return {"object": "list", "model": model.public_name, "data": data, "usage": _usage_of(answer.tokens)}

    async def rerank(self, scope: Scope, body: Object) -> Object:
        request = checked(body, RerankRequest)
        fields = {"query": request.query}
        async with self._pool.use(model_name(body)) as model:
            _ensure(model.runtime.settings.pooling == "rank", model, "is no reranker")
            answers = await _in_parts(model, endpoints.RERANK, "documents", request.documents, fields, owner_of(scope))
        results = _ranked(answers)
        top = results[: request.top_n]
        return {"object": "list", "model": model.public_name, "results": top, "usage": _usage(answers)}


def _ensure(able: bool, model: Model, what_it_is: str) -> None:
    if not able:
        raise Problem(400, f"The model {model.public_name} {what_it_is}.", code="not_supported", param="model")


def _inputs(request: EmbeddingsRequest) -> list[Any]:
    """One text, several, or the tokens of one."""
    value = request.input
    single = isinstance(value, str) or all(isinstance(item, int) for item in value)
    return [value] if single else list(value)


async def _in_parts(
    model: Model, path: str, name: str, items: Sequence[Any], fields: Object, owner: object
) -> list[Object]:
    """The engine's answers to as many items at a time as it computes at once."""
    size = model.sequences
    parts = [list(items[start : start + size]) for start in range(0, len(items), size)]
    answers = []
    for start, part in zip(range(0, len(items), size), parts, strict=True):
        answer = msgspec.json.decode(await model.runtime.request(path, fields | {name: part}, owner=owner))
        answers.append(answer | {"start": start})
    return answers


def _ranked(answers: list[Object]) -> list[Object]:
    results = [item | {"index": item["index"] + answer["start"]} for answer in answers for item in answer["results"]]
    return sorted(results, key=lambda item: -float(item["relevance_score"]))


def _usage(answers: list[Object]) -> Object:
    return _usage_of(sum(answer["usage"]["prompt_tokens"] for answer in answers))


def _usage_of(tokens: int) -> Object:
    return {"prompt_tokens": tokens, "total_tokens": tokens}
