"""What a reranker tells."""

from __future__ import annotations

from msgspec import Struct


class Ranking(Struct, frozen=True):
    """How well the document with this number answers a query; scores are the model's own, larger is better."""

    index: int
    score: float
