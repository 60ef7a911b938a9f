"""Vectors of texts and documents ranked, over a port."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import convert

from ....messages import Embed, Rerank, Result
from ....messages.events import Progress
from ....messages.rankings import Ranking
from ....worker.embedding.forms import Vectors, to_arrays
from ....worker.embedding.ranking import check_rerank
from ....worker.embedding.texts import check_embed
from ....worker.operations.operation import Operation
from .ability import ModelAbility


class EmbeddingAbilities(ModelAbility):
    """As `worker.abilities.embeddings.EmbeddingAbilities`."""

    def embed(
        self,
        texts: str | Sequence[str | Sequence[int]],
        *,
        pooling: Literal["mean", "cls", "last"] | None = None,
        normalize: bool = True,
        dimensions: int | None = None,
        truncate: bool = False,
    ) -> Operation[Vectors, Progress]:
        """As `Model.embed`; what goes over the port at once has to fit into a message, of 64 MiB."""
        chosen = {"pooling": pooling, "normalize": normalize, "dimensions": dimensions, "truncate": truncate}
        checked = check_embed(texts, **chosen)
        self.ensure_loaded()
        single = isinstance(texts, str)

        async def finish(end: Result) -> Vectors:
            return await to_arrays(convert(end.value, list[bytes]), single=single)

        facts = {"texts": texts if single else list(checked.texts), "model": self.id, **chosen}
        return self._remote.follow("embed", finish, Embed, **facts)

    def rerank(
        self, query: str, documents: Sequence[str], *, top_n: int | None = None, truncate: bool = False
    ) -> Operation[list[Ranking], Progress]:
        """As `Model.rerank`."""
        checked = check_rerank(query, documents, top_n=top_n, truncate=truncate)
        self.ensure_loaded()
        facts = {"query": query, "documents": list(checked.documents), "top_n": top_n, "truncate": truncate}
        return self._remote.follow("rerank", _rankings, Rerank, model=self.id, **facts)


def _rankings(end: Result) -> list[Ranking]:
    return convert(end.value, list[Ranking])
