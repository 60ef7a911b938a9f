"""Haystack's embedder of queries."""

from __future__ import annotations

from typing import Any

from haystack import component

from ..access.model import ModelLike, WorkerLike
from .embedding import Embedder


@component
class LlamaWorkerTextEmbedder(Embedder):
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
        self._set_up(
            model=model,
            worker=worker,
            model_options=model_options,
            dimensions=dimensions,
            truncate=truncate,
            prefix=prefix,
            suffix=suffix,
        )

    @component.output_types(embedding=list[float], meta=dict[str, Any])
    def run(self, text: str) -> dict[str, Any]:
        return self._told(self._access.embed([self.prefix + text + self.suffix], **self._options))

    @component.output_types(embedding=list[float], meta=dict[str, Any])
    async def run_async(self, text: str) -> dict[str, Any]:
        return self._told(await self._access.aembed([self.prefix + text + self.suffix], **self._options))

    def _told(self, vectors: list[list[float]]) -> dict[str, Any]:
        return {"embedding": vectors[0], "meta": {"model": self._access.name}}
