"""Documents ranked, in the bodies of Jina and Cohere, and of Hugging Face's text-embeddings-inference (TEI)."""

from __future__ import annotations

import math
from typing import Annotated

from msgspec import Meta, Struct
from starlette.types import Scope

from ...options.base import Count
from ...worker.embedding.ranking import Ranked, begin_reranking, check_rerank
from ..bodies import checked
from ..dialects.fields import Object, Text
from ..endpoint import model_name, owner_of
from ..pool import ModelPool
from .embeddings import usage


class Document(Struct):
    """A document as an object."""

    text: Text


class RerankRequest(Struct):
    """Jina's and Cohere's body."""

    query: Text
    documents: Annotated[list[Text | Document], Meta(min_length=1, max_length=2048)]
    top_n: Count | None = None
    return_documents: bool = False
    truncate: bool = False


class TeiRerankRequest(Struct):
    """TEI's body. Without `raw_scores` they are between 0 and 1; `top_n` is llama-server's."""

    query: Text
    texts: Annotated[list[Text], Meta(min_length=1, max_length=2048)]
    top_n: Count | None = None
    raw_scores: bool = False
    return_text: bool = False
    truncate: bool = False


class RankingRoutes:
    """The endpoint; as in llama-server, TEI's body is the one with `texts`."""

    def __init__(self, pool: ModelPool) -> None:
        self._pool = pool

    async def rerank(self, scope: Scope, body: Object) -> Object | list[Object]:
        return await (self._tei(scope, body) if "texts" in body else self._jina(scope, body))

    async def _jina(self, scope: Scope, body: Object) -> Object:
        request = checked(body, RerankRequest)
        documents = [one if isinstance(one, str) else one.text for one in request.documents]
        name, ranked = await self._ranked(scope, body, documents, request)
        results: list[Object] = [{"index": one.index, "relevance_score": one.score} for one in ranked.results]
        if request.return_documents:
            results = [one | {"document": {"text": documents[one["index"]]}} for one in results]
        top = results[: request.top_n]
        return {"object": "list", "model": name, "results": top, "usage": usage(ranked.tokens)}

    async def _tei(self, scope: Scope, body: Object) -> list[Object]:
        request = checked(body, TeiRerankRequest)
        _, ranked = await self._ranked(scope, body, request.texts, request)
        score = float if request.raw_scores else _between_0_and_1
        best = ranked.results[: request.top_n]
        results: list[Object] = [{"index": one.index, "score": score(one.score)} for one in best]
        return [one | {"text": request.texts[one["index"]]} for one in results] if request.return_text else results

    async def _ranked(
        self, scope: Scope, body: Object, documents: list[str], request: RerankRequest | TeiRerankRequest
    ) -> tuple[str, Ranked]:
        asked = check_rerank(request.query, documents, truncate=request.truncate)
        async with self._pool.use(model_name(body)) as model:
            reranking = begin_reranking(model.runtime, asked, owner_of(scope))
            return model.public_name, await model.runtime.run("rerank", reranking.run)


def _between_0_and_1(score: float) -> float:
    """The logistic function."""
    return 1 / (1 + math.exp(-score)) if score >= 0 else math.exp(score) / (1 + math.exp(score))
