"""Haystack's embedder of documents."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from haystack import Document, component, default_from_dict, default_to_dict

from ..access.model import ModelAccess, ModelLike, WorkerLike
from ..access.options import given
from .serializing import model_in_a_file


@component
class LlamaWorkerDocumentEmbedder:
    """Documents with their vectors.

    `model`, `worker` and `model_options` are those of `LlamaWorkerChatGenerator`; `dimensions` and `truncate` those of
    `Model.embed`. What is embedded is `prefix`, the documents' `meta_fields_to_embed` and its content, with
    `embedding_separator` between them, and `suffix`.
    """

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
        self.model, self.worker, self.model_options = model, worker, model_options
        self.dimensions, self.truncate = dimensions, truncate
        self.prefix, self.suffix = prefix, suffix
        self.meta_fields_to_embed = meta_fields_to_embed or []
        self.embedding_separator = embedding_separator
        self._access = ModelAccess(model, worker, model_options)

    def to_dict(self) -> dict[str, Any]:
        """For a pipeline's file. Raises ValueError where the model was given loaded, or with a worker."""
        return default_to_dict(
            self,
            model=model_in_a_file(self.model, self.worker),
            model_options=self.model_options,
            dimensions=self.dimensions,
            truncate=self.truncate,
            prefix=self.prefix,
            suffix=self.suffix,
            meta_fields_to_embed=self.meta_fields_to_embed,
            embedding_separator=self.embedding_separator,
        )

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> LlamaWorkerDocumentEmbedder:
        made: LlamaWorkerDocumentEmbedder = default_from_dict(cls, data)
        return made

    @component.output_types(documents=list[Document], meta=dict[str, Any])
    def run(self, documents: list[Document]) -> dict[str, Any]:
        return self._told(documents, self._access.embed(self._texts(documents), **self._options))

    @component.output_types(documents=list[Document], meta=dict[str, Any])
    async def run_async(self, documents: list[Document]) -> dict[str, Any]:
        return self._told(documents, await self._access.aembed(self._texts(documents), **self._options))

    @property
    def _options(self) -> dict[str, Any]:
        return given(dimensions=self.dimensions, truncate=self.truncate)

    def _texts(self, documents: list[Document]) -> list[str]:
        return [self.prefix + self.embedding_separator.join(self._parts(one)) + self.suffix for one in documents]

    def _parts(self, document: Document) -> list[str]:
        values = (document.meta.get(name) for name in self.meta_fields_to_embed)
        return [str(value) for value in values if value is not None] + [document.content or ""]

    def _told(self, documents: list[Document], vectors: list[list[float]]) -> dict[str, Any]:
        embedded = [replace(document, embedding=vector) for document, vector in zip(documents, vectors, strict=True)]
        return {"documents": embedded, "meta": {"model": self._access.name}}
