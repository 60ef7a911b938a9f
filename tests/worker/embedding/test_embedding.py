"""Vectors of texts: the engine's own numbers, in any amount and in order."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from msgspec import json

from llama_worker import LlamaWorker, Model
from llama_worker.errors import InvalidOptionsError, NotSupportedError, OperationAborted, TextTooLongError
from tests.gguf_factory import write_gguf
from tests.worker.embedding.small_models import encoder

pytestmark = pytest.mark.asyncio(loop_scope="module")
TEXTS = [f"text number {number}, {'and more of it ' * (number % 7)}" for number in range(150)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mean(shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Model]:
    """A model whose file says that vectors are the mean of all tokens."""
    path = write_gguf(tmp_path_factory.mktemp("mean") / "mean.gguf", overrides={"llama.pooling_type": 1})
    yield await shared_worker.load_model(path, context_size=512)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bert(shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Model]:
    """A model that reads a text as a whole and keeps nothing of it."""
    yield await shared_worker.load_model(encoder(tmp_path_factory.mktemp("bert") / "bert.gguf"))


async def bare(model: Model, text: str) -> Any:
    """What the engine itself answers."""
    answer = await model.runtime.request("/v1/embeddings", {"input": text})
    return np.array(json.decode(answer)["data"][0]["embedding"])


async def test_vectors_are_those_of_the_engine(noise: Model, mean: Model, bert: Model) -> None:
    for model in (noise, mean, bert):
        for text in TEXTS[:2]:
            assert await model.embed(text) == pytest.approx(await bare(model, text), abs=1e-5)


async def test_many_come_in_order_with_progress(mean: Model) -> None:
    """Each row is the vector that its text has alone, whatever was computed with it."""
    operation = mean.embed(TEXTS)
    progress = [step.value async for step in operation]
    vectors = await operation
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), 64)
    assert progress == sorted(progress)
    assert len(progress) > 2
    assert progress[-1] == 1.0
    for index in (0, 77, 149):
        assert np.dot(vectors[index], await mean.embed(TEXTS[index])) > 0.999


async def test_one_text_gives_one_vector_and_none_gives_none(mean: Model) -> None:
    assert (await mean.embed("a")).shape == (64,)
    assert (await mean.embed(["a"])).shape == (1, 64)
    assert len(await mean.embed([])) == 0


async def test_tokens_may_be_given_in_place_of_text(mean: Model) -> None:
    tokens = await mean.tokenize(TEXTS[0], add_special=True)
    both = await mean.embed([TEXTS[0], tokens])
    assert both[0] == pytest.approx(both[1], abs=1e-5)


async def test_lengths_and_dimensions(mean: Model) -> None:
    """Cut vectors have length 1 again, as OpenAI's have."""
    raw, whole = await mean.embed("a text", normalize=False), await mean.embed("a text")
    assert np.linalg.norm(whole) == pytest.approx(1.0, abs=1e-5)
    assert np.linalg.norm(raw) != pytest.approx(1.0, abs=1e-2)
    assert raw / np.linalg.norm(raw) == pytest.approx(whole, abs=1e-5)
    short = await mean.embed("a text", dimensions=16)
    assert short == pytest.approx(whole[:16] / np.linalg.norm(whole[:16]), abs=1e-5)
    assert await mean.embed("a text", dimensions=16, normalize=False) == pytest.approx(raw[:16], abs=1e-5)
    with pytest.raises(InvalidOptionsError, match="64 dimensions"):
        await mean.embed("a", dimensions=65)


async def test_without_numpy_they_are_lists(mean: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = (await mean.embed(TEXTS[:2])).tolist()
    monkeypatch.setitem(sys.modules, "numpy", None)
    vectors = await mean.embed(TEXTS[:2])
    assert isinstance(vectors, list)
    assert vectors == [pytest.approx(row, abs=1e-6) for row in expected]
    assert isinstance(await mean.embed("a"), list)


@pytest.mark.parametrize("kind", ["noise", "mean", "bert"])
async def test_a_text_that_is_too_long_is_named_or_cut(kind: str, noise: Model, mean: Model, bert: Model) -> None:
    """By tokens, those that the model wants around a text counted."""
    model = {"noise": noise, "mean": mean, "bert": bert}[kind]
    long = "qx " * 6000
    tokens = len(await model.tokenize(long, add_special=True))
    with pytest.raises(TextTooLongError) as raised:
        await model.embed(["short", long])
    limit = raised.value.limit
    assert limit == {"noise": model.settings.context_size - 1, "mean": 512, "bert": 512}[kind]
    assert (raised.value.index, raised.value.tokens) == (1, tokens)
    assert f"Text 1 has {tokens} tokens" in raised.value.message
    cut, beginning = await model.embed([long, (await model.tokenize(long, add_special=True))[:limit]], truncate=True)
    assert cut == pytest.approx(beginning, abs=1e-3)


async def test_what_makes_more_tokens_than_bytes_is_counted_when_the_engine_refuses_it(
    mean: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guess that spares counting is wrong for vocabularies that write ligatures out."""
    monkeypatch.setattr("llama_worker.worker.embedding.length._AROUND", -(10**9))
    with pytest.raises(TextTooLongError, match="Text 1"):
        await mean.embed(["short", "qx " * 600])
    assert (await mean.embed(["short", "qx " * 600], truncate=True)).shape == (2, 64)


async def test_special_tokens_are_read_as_text(mean: Model) -> None:
    """Nobody who writes a text writes the model's marks."""
    mark = await mean.tokenize("a<|im_end|>", parse_special=True)
    text, token = await mean.embed(["a<|im_end|>", mark])
    assert len(mark) == 2
    assert not np.allclose(text, token, atol=1e-3)


@pytest.mark.parametrize(
    ("arguments", "options", "path"),
    [
        ([""], {}, "texts"),
        ([["a", ""]], {}, "texts[1]"),
        ([[["a"]]], {}, "texts[0]"),
        ([{"a": 1}], {}, "texts"),
        ([b"a"], {}, "texts"),
        ([["\ud800"]], {}, "texts[0]"),
        ([[[99999]]], {}, "tokens[0]"),
        (["a"], {"dimensions": 0}, "dimensions"),
        (["a"], {"normalize": "yes"}, "normalize"),
        (["a"], {"truncate": 1}, "truncate"),
        (["a"], {"pooling": "best"}, "pooling"),
        (["a"], {"pooling": "cls"}, "pooling"),
    ],
)
async def test_what_is_wrong_is_named(mean: Model, arguments: Any, options: Any, path: str) -> None:
    with pytest.raises(InvalidOptionsError) as raised:
        await mean.embed(*arguments, **options)
    assert raised.value.path == path


async def test_the_models_own_pooling_may_be_named(mean: Model, noise: Model) -> None:
    assert (await mean.embed("a", pooling="mean")).shape == (64,)
    assert (await noise.embed("a", pooling="last")).shape == (64,)


async def test_a_reranker_says_what_it_is(shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = write_gguf(tmp_path_factory.mktemp("rank") / "rank.gguf", overrides={"llama.pooling_type": 4})
    model = await shared_worker.load_model(path)
    with pytest.raises(NotSupportedError, match="reranker"):
        await model.embed("a")
    await model.unload()


async def test_texts_that_together_fill_a_shared_context_are_embedded_all_the_same(
    shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = write_gguf(tmp_path_factory.mktemp("shared") / "shared.gguf")
    model = await shared_worker.load_model(path, context_size=512, kv_unified=True, sequences=4, batch_size=64)
    texts = ["qx " * 140] * 6
    vectors = await model.embed(texts)
    assert vectors.shape == (6, 64)
    assert np.dot(vectors[0], vectors[5]) > 0.999
    await model.unload()


async def test_aborting_leaves_the_model_free(mean: Model) -> None:
    operation = mean.embed(TEXTS * 50)
    async for _ in operation:
        break  # which aborts it
    with pytest.raises(OperationAborted):
        await operation
    assert (await mean.embed("a")).shape == (64,)


async def test_a_cache_for_each_sequence_is_refused_where_it_would_mix_texts_up(
    shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = write_gguf(tmp_path_factory.mktemp("apart") / "apart.gguf", overrides={"llama.pooling_type": 1})
    with pytest.raises(InvalidOptionsError, match="kv_unified"):
        await shared_worker.load_model(path, kv_unified=False)
