"""Embedders for Haystack's document stores."""

from __future__ import annotations

import pytest
from haystack import Document, Pipeline
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore

from llama_worker import sync
from llama_worker.integrations.haystack import LlamaWorkerDocumentEmbedder, LlamaWorkerTextEmbedder
from llama_worker.testing import FakeModel, fake_models

TEXTS = ["The cat sleeps on the stove.", "Rates on savings rose again.", "Bread needs flour and water."]


async def test_the_built_in_model() -> None:
    documents = [Document(content=text) for text in TEXTS]
    embedded = LlamaWorkerDocumentEmbedder("builtin", dimensions=32).run(documents)
    assert [len(document.embedding) for document in embedded["documents"]] == [32, 32, 32]
    assert all(document.embedding is None for document in documents)
    query = LlamaWorkerTextEmbedder("builtin", dimensions=32)
    assert len(query.run("one")["embedding"]) == 32
    assert (await query.run_async("one"))["embedding"] == pytest.approx(query.run("one")["embedding"], abs=1e-2)
    awaited = await LlamaWorkerDocumentEmbedder("builtin", dimensions=32).run_async(documents)
    assert awaited["meta"] == {"model": "builtin"}
    assert LlamaWorkerDocumentEmbedder().run([])["documents"] == []


def test_a_search() -> None:
    with fake_models(FakeModel(kind="embedding")), sync.LlamaWorker() as worker:
        store = InMemoryDocumentStore()
        embedder = LlamaWorkerDocumentEmbedder("bge", worker=worker)
        store.write_documents(embedder.run([Document(content=text) for text in TEXTS])["documents"])
        pipeline = Pipeline()
        pipeline.add_component("embedder", LlamaWorkerTextEmbedder("bge", worker=worker))
        pipeline.add_component("retriever", InMemoryEmbeddingRetriever(store, top_k=1))
        pipeline.connect("embedder.embedding", "retriever.query_embedding")
        found = pipeline.run({"embedder": {"text": "How much flour is in bread?"}})["retriever"]["documents"]
    assert found[0].content == TEXTS[2]


def test_what_is_embedded() -> None:
    with fake_models(FakeModel(kind="embedding")), sync.LlamaWorker() as worker:
        embedder = LlamaWorkerDocumentEmbedder(
            "bge", worker=worker, prefix="passage: ", suffix=".", meta_fields_to_embed=["title", "none"]
        )
        (document,) = embedder.run([Document(content="text", meta={"title": "Title"})])["documents"]
        plain = LlamaWorkerTextEmbedder("bge", worker=worker).run("passage: Title\ntext.")
        prefixed = LlamaWorkerTextEmbedder("bge", worker=worker, prefix="passage: ", suffix=".").run("Title\ntext")
    assert document.embedding == plain["embedding"] == prefixed["embedding"]


def test_files() -> None:
    for embedder in (
        LlamaWorkerTextEmbedder(dimensions=3, prefix="query: "),
        LlamaWorkerDocumentEmbedder(meta_fields_to_embed=["title"], truncate=True),
    ):
        assert type(embedder).from_dict(embedder.to_dict()).to_dict() == embedder.to_dict()
