"""pydantic-ai's embedding model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_ai.embeddings import EmbeddingModel, EmbeddingResult, EmbeddingSettings
from pydantic_ai.embeddings.result import EmbedInputType

from ..access.model import ModelAccess, ModelLike, WorkerLike
from ..access.options import given
from .failures import in_pydantic_ais_words
from .responses import PROVIDER


class LlamaWorkerEmbeddingModel(EmbeddingModel):
    """Vectors of texts, for `Embedder(LlamaWorkerEmbeddingModel("builtin"))`.

    `model`, `worker` and `model_options` are those of `LlamaWorkerModel`. Some models want a prefix: `query_prefix` is
    put before a query ("query: "), `document_prefix` before each document.
    """

    def __init__(
        self,
        model: ModelLike = "builtin",
        *,
        worker: WorkerLike | None = None,
        model_options: Mapping[str, Any] | None = None,
        query_prefix: str = "",
        document_prefix: str = "",
        settings: EmbeddingSettings | None = None,
    ) -> None:
        self._access = ModelAccess(model, worker, model_options)
        self._prefixes = {"query": query_prefix, "document": document_prefix}
        super().__init__(settings=settings)

    @property
    def model_name(self) -> str:
        return self._access.name

    @property
    def system(self) -> str:
        return PROVIDER

    async def embed(
        self, inputs: str | Sequence[str], *, input_type: EmbedInputType, settings: EmbeddingSettings | None = None
    ) -> EmbeddingResult:
        texts, chosen = self.prepare_embed(inputs, settings)
        options = given(dimensions=chosen.get("dimensions"), truncate=chosen.get("truncate"))
        with in_pydantic_ais_words(self.model_name):
            vectors = await self._access.aembed([self._prefixes[input_type] + text for text in texts], **options)
        return EmbeddingResult(
            vectors, inputs=texts, input_type=input_type, model_name=self.model_name, provider_name=self.system
        )

    async def max_input_tokens(self) -> int | None:
        """Those of the model's context."""
        return await self._access.aask(_context_size)

    async def count_tokens(self, text: str) -> int:
        return await self._access.aask(lambda model: model.count_tokens(text))


async def _context_size(model: Any) -> int:
    return int(model.info.context_size)
