"""LangChain's embeddings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langchain_core.embeddings import Embeddings

from ..access.model import ModelAccess, ModelLike, WorkerLike
from ..access.options import given


class LlamaWorkerEmbeddings(Embeddings):
    """Vectors of texts, made in this program's own engine.

    `model`, `worker` and `model_options` are those of `ChatLlamaWorker`; `dimensions` and `truncate` those of
    `Model.embed`. Some models want a prefix: `query_prefix` is put before a query ("query: "), `document_prefix` before
    each document.
    """

    def __init__(
        self,
        model: ModelLike = "builtin",
        *,
        worker: WorkerLike | None = None,
        model_options: Mapping[str, Any] | None = None,
        dimensions: int | None = None,
        truncate: bool = False,
        query_prefix: str = "",
        document_prefix: str = "",
    ) -> None:
        self._access = ModelAccess(model, worker, model_options)
        self._options = given(dimensions=dimensions, truncate=truncate)
        self._query_prefix, self._document_prefix = query_prefix, document_prefix

    @property
    def model_name(self) -> str:
        return self._access.name

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._access.embed([self._document_prefix + text for text in texts], **self._options)

    def embed_query(self, text: str) -> list[float]:
        return self._access.embed([self._query_prefix + text], **self._options)[0]

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        return await self._access.aembed([self._document_prefix + text for text in texts], **self._options)

    async def aembed_query(self, text: str) -> list[float]:
        return (await self._access.aembed([self._query_prefix + text], **self._options))[0]
