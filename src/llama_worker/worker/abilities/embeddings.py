"""Vectors of texts, and documents ranked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ...messages.events import Progress
from ...messages.rankings import Ranking
from ..embedding.embedding import begin_embedding
from ..embedding.forms import Vectors, to_arrays
from ..embedding.ranking import begin_reranking, check_rerank
from ..embedding.texts import check_embed
from ..operations.operation import Operation
from .ability import ModelAbility


class EmbeddingAbilities(ModelAbility):
    """What a model makes of texts in place of other text."""

    def embed(
        self,
        texts: str | Sequence[str | Sequence[int]],
        *,
        pooling: Literal["mean", "cls", "last"] | None = None,
        normalize: bool = True,
        dimensions: int | None = None,
        truncate: bool = False,
    ) -> Operation[Vectors, Progress]:
        """The vectors of texts, or of their tokens, as 32-bit floats: one for a `str`, else one row for each text.

        They are an array of numpy where that is installed, else lists. `normalize` makes each of length 1 (default
        True), so that a dot product is a similarity. `dimensions` keeps the first numbers of each, for models that
        were trained for that. `truncate` embeds the beginning of a text that is too long (default False: raises
        `TextTooLongError`, which tells which one). `pooling` only makes sure how vectors are made: a model is loaded
        with one, and another raises `InvalidOptionsError`.

        Many texts are computed in parts of a tenth of a second, in turns with whatever else the model is asked.
        Raises `NotSupportedError` when the model makes no embeddings.
        """
        request = check_embed(texts, pooling=pooling, normalize=normalize, dimensions=dimensions, truncate=truncate)
        embedding = begin_embedding(self.runtime, request, owner=self)
        single = isinstance(texts, str)

        async def run(operation: Operation[Vectors, Progress]) -> Vectors:
            return await to_arrays((await embedding.run(operation)).vectors, single=single)

        return self.runtime.run("embed", run)

    def rerank(
        self, query: str, documents: Sequence[str], *, top_n: int | None = None, truncate: bool = False
    ) -> Operation[list[Ranking], Progress]:
        """Documents by how well they answer a query, the best first: their numbers and scores.

        `top_n` gives only the best. Query and document are read together: `truncate` reads the beginning of a document
        that is too long for that (default False: raises `TextTooLongError`, which tells which one). Scores are the
        model's own and compare documents of one query; most are no probabilities.

        Many documents are computed as `embed` computes texts. Raises `NotSupportedError` when the model is no
        reranker.
        """
        request = check_rerank(query, documents, top_n=top_n, truncate=truncate)
        reranking = begin_reranking(self.runtime, request, owner=self)

        async def run(operation: Operation[list[Ranking], Progress]) -> list[Ranking]:
            return (await reranking.run(operation)).results

        return self.runtime.run("rerank", run)
