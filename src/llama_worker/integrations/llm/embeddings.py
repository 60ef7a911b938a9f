"""Embedding models of `llm`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from llm.models import EmbeddingModel

from ..access.model import ModelAccess, ModelLike, WorkerLike
from .events import in_llms_words


class LlamaWorkerEmbeddings(EmbeddingModel):
    """`llm embed -m llama-worker/builtin -c "some text"`."""

    batch_size = 64

    def __init__(self, model_id: str, model: ModelLike = "builtin", *, worker: WorkerLike | None = None) -> None:
        self.model_id = model_id
        self._access = ModelAccess(model, worker)

    def embed_batch(self, items: Iterable[str | bytes], *, key: str | None = None) -> Iterator[list[float]]:
        with in_llms_words():
            vectors = self._access.embed([str(item) for item in items])
        yield from vectors
