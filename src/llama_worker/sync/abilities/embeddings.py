"""Vectors of texts and documents ranked, without async."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from ...messages.events import Progress
from ...messages.rankings import Ranking
from ...worker.embedding.forms import Vectors
from ..watching import finish
from .ability import ModelAbility


class EmbeddingAbilities(ModelAbility):
    """As `worker.abilities.embeddings.EmbeddingAbilities`. `on_progress` is called in the worker's thread."""

    def embed(
        self,
        texts: str | Sequence[str | Sequence[int]],
        *,
        pooling: Literal["mean", "cls", "last"] | None = None,
        normalize: bool = True,
        dimensions: int | None = None,
        truncate: bool = False,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> Vectors:
        chosen = {"pooling": pooling, "normalize": normalize, "dimensions": dimensions, "truncate": truncate}
        return finish(self._loop, self._loop.call(self._model.embed, texts, **chosen), on_progress)

    def rerank(
        self,
        query: str,
        documents: Sequence[str],
        *,
        top_n: int | None = None,
        truncate: bool = False,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> list[Ranking]:
        reranking = self._loop.call(self._model.rerank, query, documents, top_n=top_n, truncate=truncate)
        return finish(self._loop, reranking, on_progress)
