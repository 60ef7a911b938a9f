"""Documents ranked: the engine's own scores, in any amount."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from msgspec import json

from llama_worker import LlamaWorker, Model
from llama_worker.errors import InvalidOptionsError, NotSupportedError, OperationAborted, TextTooLongError
from tests.worker.embedding.small_models import causal_ranker, encoder

pytestmark = pytest.mark.asyncio(loop_scope="module")
DOCUMENTS = [chr(97 + number % 26) * (1 + number) for number in range(100)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ranker(shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Model]:
    yield await shared_worker.load_model(encoder(tmp_path_factory.mktemp("rank") / "rank.gguf", ranks=True))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def causal(shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Model]:
    yield await shared_worker.load_model(causal_ranker(tmp_path_factory.mktemp("causal") / "causal.gguf"))


async def test_scores_are_those_of_the_engine(ranker: Model) -> None:
    """Best first, and with the number that each document had."""
    operation = ranker.rerank("a query", DOCUMENTS)
    progress = [step.value async for step in operation]
    results = await operation
    assert len(progress) > 1
    assert sorted(one.index for one in results) == list(range(100))
    assert [one.score for one in results] == sorted((one.score for one in results), reverse=True)
    body = {"query": "a query", "documents": DOCUMENTS[:1]}
    bare = json.decode(await ranker.runtime.request("/v1/rerank", body))["results"][0]["relevance_score"]
    ours = next(one.score for one in results if one.index == 0)
    assert ours == pytest.approx(bare, abs=1e-5)


async def test_only_the_best_are_given_and_none_of_none(ranker: Model) -> None:
    every = await ranker.rerank("a query", DOCUMENTS[:8])
    best = await ranker.rerank("a query", DOCUMENTS[:8], top_n=3)
    assert [one.index for one in best] == [one.index for one in every[:3]]
    assert await ranker.rerank("a query", []) == []


async def test_a_document_that_is_too_long_is_named_or_cut(ranker: Model) -> None:
    long = "qx " * 600
    with pytest.raises(TextTooLongError, match="document 1 have") as raised:
        await ranker.rerank("a query", ["short", long])
    tokens = len(await ranker.tokenize(long)) + len(await ranker.tokenize("a query"))
    assert raised.value.tokens >= tokens
    assert (raised.value.index, raised.value.limit) == (1, 512)
    results = await ranker.rerank("a query", ["short", long], truncate=True)
    assert sorted(one.index for one in results) == [0, 1]
    with pytest.raises(TextTooLongError, match="shorten the query"):
        await ranker.rerank(long, ["short"], truncate=True)


@pytest.mark.parametrize("kind", ["causal", "encoder"])
async def test_a_document_fits_to_the_last_token(kind: str, causal: Model, ranker: Model) -> None:
    """What is counted here is what the engine counts."""
    model, longest = (causal, 511) if kind == "causal" else (ranker, 512)
    with pytest.raises(TextTooLongError) as raised:
        await model.rerank("a query", ["la" * 600])
    around = raised.value.tokens - 600
    assert raised.value.limit == longest
    assert len(await model.rerank("a query", ["la" * (longest - around)])) == 1
    with pytest.raises(TextTooLongError):
        await model.rerank("a query", ["la" * (longest - around + 1)])


async def test_what_is_no_reranker_says_so(noise: Model) -> None:
    with pytest.raises(NotSupportedError, match="no reranker"):
        await noise.rerank("a", ["b"])


@pytest.mark.parametrize(
    ("arguments", "options", "path"),
    [
        (["", ["b"]], {}, "query"),
        ([5, ["b"]], {}, "query"),
        (["a", "b"], {}, "documents"),
        (["a", ["b", ""]], {}, "documents[1]"),
        (["a", [[1, 2]]], {}, "documents[0]"),
        (["a", ["b"]], {"top_n": 0}, "top_n"),
        (["a", ["b"]], {"truncate": None}, "truncate"),
    ],
)
async def test_what_is_wrong_is_named(ranker: Model, arguments: Any, options: Any, path: str) -> None:
    with pytest.raises(InvalidOptionsError) as raised:
        await ranker.rerank(*arguments, **options)
    assert raised.value.path == path


async def test_aborting_leaves_the_model_free(ranker: Model) -> None:
    operation = ranker.rerank("a query", DOCUMENTS * 50)
    async for _ in operation:
        break  # which aborts it
    with pytest.raises(OperationAborted):
        await operation
    assert len(await ranker.rerank("a", ["b"])) == 1
