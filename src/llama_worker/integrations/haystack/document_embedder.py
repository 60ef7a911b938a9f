"""Haystack's embedder of documents."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from haystack import Document, component

from ..access.model import ModelLike, WorkerLike
from .embedding import Embedder


@component
class LlamaWorkerDocumentEmbedder(Embedder):
    """Documents with their vectors.

    `model`, `worker` and `model_options` are those of `LlamaWorkerChatGenerator`; `dimensions` and `truncate` those of
    `Model.embed`. What is embedded is `prefix`, the documents' `meta_fields_to_embed` and its content, with
    `embedding_separator` between them, and `suffix`.
    """

    saved = (*Embedder.saved, "meta_fields_to_embed", "embedding_separator")

    def __init__(
        self,
        model: ModelLike = "builtin",
        *,
        worker: WorkerLike | None = None,
        model_options: dict[str, Any] | None = None,
        dimensions: int | None = None,
        truncate: bool = False,
        prefix: str = "",
        suffix: str = "",
        meta_fields_to_embed: list[str] | None = None,
        embedding_separator: str = "\n",
    ) -> None:
        self._set_up(
            model=model,
            worker=worker,
            model_options=model_options,
            dimensions=dimensions,
            truncate=truncate,
            prefix=prefix,
            suffix=suffix,
        )
        self.meta_fields_to_embed = meta_fields_to_embed or []
        self.embedding_separator = embedding_separator

    @component.output_types(documents=list[Document], meta=dict[str, Any])
    def run(self, documents: list[Document]) -> dict[str, Any]:
        return self._told(documents, self._access.embed(self._texts(documents), **self._options))

    @component.output_types(documents=list[Document], meta=dict[str, Any])
    async def run_async(self, documents: list[Document]) -> dict[str, Any]:
        return self._told(documents, await self._access.aembed(self._texts(documents), **self._options))

    def _texts(self, documents: list[Document]) -> list[str]:
        return [self.prefix + self.embedding_separator.join(self._parts(one)) + self.suffix for one in documents]

    def _parts(self, document: Document) -> list[str]:
        values = (document.meta.get(name) for name in self.meta_fields_to_embed)
        return [str(value) for value in values if value is not None] + [document.content or ""]

    def _told(self, documents: list[Document], vectors: list[list[float]]) -> dict[str, Any]:
        embedded = [replace(document, embedding=vector) for document, vector in zip(documents, vectors, strict=True)]
        return {"documents": embedded, "meta": {"model": self._access.name}}
