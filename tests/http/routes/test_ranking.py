"""Documents ranked over HTTP, as the clients of others expect them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from tests.http.server import Address, fetch, serving
from tests.worker.embedding.small_models import encoder

TEXTS = ["a", "bb", "ccc", "dddd" * 5, "e" * 40, "f g h"]


@pytest.fixture
async def ranking(worker: LlamaWorker, store: ModelStore, tmp_path: Path) -> AsyncIterator[Address]:
    path = encoder(tmp_path / "ranker.gguf", ranks=True)
    async with serving(create_app(worker, store=store, models={"ranker": str(path)})) as address:
        yield address


async def test_every_form_says_the_same(ranking: Address) -> None:
    """Jina's, Cohere's and TEI's, which has the body of Hugging Face's server."""
    body = {"query": "a", "documents": TEXTS, "return_documents": True}
    jina = (await fetch(ranking, "POST", "/v1/rerank", body)).json()["results"]
    objects = {"query": "a", "documents": [{"text": text} for text in TEXTS], "top_n": 2}
    cohere = (await fetch(ranking, "POST", "/v2/rerank", objects)).json()["results"]
    tei = {"query": "a", "texts": TEXTS, "raw_scores": True, "return_text": True}
    raw = (await fetch(ranking, "POST", "/rerank", tei)).json()
    order = [one["index"] for one in jina]
    assert [one["index"] for one in raw] == order
    assert [one["index"] for one in cohere] == order[:2]
    assert [one["document"]["text"] for one in jina] == [one["text"] for one in raw] == [TEXTS[at] for at in order]
    assert [one["score"] for one in raw] == pytest.approx([one["relevance_score"] for one in jina], abs=1e-5)
    scores = [one["score"] for one in (await fetch(ranking, "POST", "/rerank", tei | {"raw_scores": False})).json()]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert (await fetch(ranking, "POST", "/rerank", tei | {"top_n": 2})).json() == raw[:2]


async def test_what_cannot_be_ranked_is_the_requests_fault(ranking: Address) -> None:
    long = {"query": "a", "texts": ["b", "long " * 3000]}
    refused = await fetch(ranking, "POST", "/rerank", long)
    assert (refused.status, refused.json()["error"]["code"]) == (400, "context_length_exceeded")
    assert (await fetch(ranking, "POST", "/rerank", long | {"truncate": True})).status == 200
    embedding = await fetch(ranking, "POST", "/v1/embeddings", {"input": "a"})
    assert (embedding.status, embedding.json()["error"]["code"]) == (400, "not_supported")
