"""Haystack's embedder of queries."""

from __future__ import annotations

from typing import Any

from haystack import component, default_from_dict, default_to_dict

from ..access.model import ModelAccess, ModelLike, WorkerLike
from ..access.options import given
from .serializing import model_in_a_file


@component
class LlamaWorkerTextEmbedder:
    """The vector of a text, such as a query.

    `model`, `worker` and `model_options` are those of `LlamaWorkerChatGenerator`; `dimensions` and `truncate` those of
    `Model.embed`; `prefix` and `suffix` are put around the text.
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
    ) -> None:
        self.model, self.worker, self.model_options = model, worker, model_options
        self.dimensions, self.truncate = dimensions, truncate
        self.prefix, self.suffix = prefix, suffix
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
        )

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> LlamaWorkerTextEmbedder:
        made: LlamaWorkerTextEmbedder = default_from_dict(cls, data)
        return made

    @component.output_types(embedding=list[float], meta=dict[str, Any])
    def run(self, text: str) -> dict[str, Any]:
        return self._told(self._access.embed([self.prefix + text + self.suffix], **self._options))

    @component.output_types(embedding=list[float], meta=dict[str, Any])
    async def run_async(self, text: str) -> dict[str, Any]:
        return self._told(await self._access.aembed([self.prefix + text + self.suffix], **self._options))

    @property
    def _options(self) -> dict[str, Any]:
        return given(dimensions=self.dimensions, truncate=self.truncate)

    def _told(self, vectors: list[list[float]]) -> dict[str, Any]:
        return {"embedding": vectors[0], "meta": {"model": self._access.name}}
