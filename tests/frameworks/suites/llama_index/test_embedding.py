"""Embeddings for LlamaIndex' indexes."""

from __future__ import annotations

import pytest
from llama_index.core import Document, VectorStoreIndex

from llama_worker import sync
from llama_worker.integrations.llama_index import LlamaWorkerEmbedding
from llama_worker.testing import FakeModel, fake_models


def test_texts_and_queries() -> None:
    embedding = LlamaWorkerEmbedding(model="builtin", dimensions=32)
    vectors = embedding.get_text_embedding_batch(["one", "two", "three"])
    assert [len(vector) for vector in vectors] == [32, 32, 32]
    assert embedding.get_text_embedding("one") == pytest.approx(vectors[0], abs=1e-2)
    assert len(embedding.get_query_embedding("one")) == 32
    assert embedding.model_name == "builtin"


async def test_the_same_awaited() -> None:
    embedding = LlamaWorkerEmbedding(model="builtin")
    vectors = await embedding.aget_text_embedding_batch(["one", "two"])
    assert await embedding.aget_text_embedding("one") == pytest.approx(vectors[0], abs=1e-2)
    assert await embedding.aget_query_embedding("one") == pytest.approx(vectors[0], abs=1e-2)


def test_an_index_finds_what_is_alike() -> None:
    texts = ["The cat sleeps on the stove.", "Rates on savings rose again.", "Bread needs flour and water."]
    with fake_models(FakeModel(kind="embedding")), sync.LlamaWorker() as worker:
        embedding = LlamaWorkerEmbedding(model="bge", worker=worker)
        index = VectorStoreIndex.from_documents([Document(text=text) for text in texts], embed_model=embedding)
        (found,) = index.as_retriever(similarity_top_k=1).retrieve("How much flour is in bread?")
        assert found.text == texts[2]


def test_prefixes() -> None:
    with fake_models(FakeModel(kind="embedding")), sync.LlamaWorker() as worker:
        prefixed = LlamaWorkerEmbedding(model="bge", worker=worker, query_prefix="query: ", text_prefix="passage: ")
        plain = LlamaWorkerEmbedding(model="bge", worker=worker)
        assert prefixed.get_query_embedding("one") == plain.get_query_embedding("query: one")
        assert prefixed.get_text_embedding("one") == plain.get_text_embedding("passage: one")
