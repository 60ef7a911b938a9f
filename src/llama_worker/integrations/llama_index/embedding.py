"""LlamaIndex' embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import Field, PrivateAttr

from ..access.model import ModelAccess
from ..access.options import given

if TYPE_CHECKING:
    from typing import Unpack

    from .keywords import EmbeddingKeywords


class LlamaWorkerEmbedding(BaseEmbedding):
    """Vectors of texts, made in this program's own engine.

    `model`, `worker` and `model_options` are those of `LlamaWorkerLLM`; `dimensions` and `truncate` those of
    `Model.embed`. Some models want a prefix: `query_prefix` is put before a query ("query: "), `text_prefix` before
    every other text.
    """

    model: Any = Field(default="builtin", exclude=True)
    worker: Any = Field(default=None, exclude=True)
    model_options: dict[str, Any] = Field(default_factory=dict)
    dimensions: int | None = None
    truncate: bool = False
    query_prefix: str = ""
    text_prefix: str = ""
    _access: ModelAccess = PrivateAttr()

    if TYPE_CHECKING:

        def __init__(self, **fields: Unpack[EmbeddingKeywords]) -> None: ...

    def model_post_init(self, context: Any, /) -> None:
        super().model_post_init(context)
        self._access = ModelAccess(self.model, self.worker, self.model_options)
        self.model_name = self._access.name

    @classmethod
    def class_name(cls) -> str:
        return "LlamaWorkerEmbedding"

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._embed([self.query_prefix + query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return (await self._aembed([self.query_prefix + query]))[0]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._embed([self.text_prefix + text])[0]

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return (await self._aembed([self.text_prefix + text]))[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._embed([self.text_prefix + text for text in texts])

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return await self._aembed([self.text_prefix + text for text in texts])

    def _embed(self, texts: list[str]) -> list[list[float]]:
        return self._access.embed(texts, **given(dimensions=self.dimensions, truncate=self.truncate))

    async def _aembed(self, texts: list[str]) -> list[list[float]]:
        return await self._access.aembed(texts, **given(dimensions=self.dimensions, truncate=self.truncate))
