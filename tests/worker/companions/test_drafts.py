"""A smaller model that drafts for a larger one, on the real engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, Model
from llama_worker.errors import InvalidModelError, InvalidOptionsError, ModelNotFoundError
from tests.adapter_factory import write_lora
from tests.gguf_factory import write_gguf
from tests.worker.generation.test_pause import paused_again_and_again

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXTS = ("Hello there!", "la li lo lu sa si so su", "Once upon a time there was", "1 2 3 4 5")


@pytest.fixture(scope="module")
def other_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the same vocabulary, but half the size and of another mind."""
    return write_gguf(tmp_path_factory.mktemp("drafts") / "other.gguf", seed=7, embedding_length=32)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plain(random_model_path: Path) -> AsyncIterator[Model]:
    async with LlamaWorker() as worker:
        yield await worker.load_model(random_model_path, context_size=512, sequences=2)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def agreeing(random_model_path: Path) -> AsyncIterator[Model]:
    """What it drafts is what it would write itself: every draft is accepted."""
    async with LlamaWorker() as worker:
        yield await worker.load_model(random_model_path, context_size=512, sequences=2, draft_model=random_model_path)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def disagreeing(random_model_path: Path, other_path: Path) -> AsyncIterator[Model]:
    async with LlamaWorker() as worker:
        yield await worker.load_model(random_model_path, context_size=512, sequences=2, draft_model=other_path)


async def answers(model: Model, **options: Any) -> list[Any]:
    return [await model.complete(text, **({"temperature": 0, "max_tokens": 32} | options)) for text in TEXTS]


async def test_texts_are_the_same_whoever_drafts(plain: Model, agreeing: Model, disagreeing: Model) -> None:
    expected = [reply.text for reply in await answers(plain)]
    for model in (agreeing, disagreeing):
        assert [reply.text for reply in await answers(model)] == expected


async def test_the_reply_tells_how_much_was_accepted(agreeing: Model, disagreeing: Model) -> None:
    for reply in await answers(agreeing):
        assert reply.usage.accepted_tokens == reply.usage.drafted_tokens > 16
    for reply in await answers(disagreeing):
        assert reply.usage.accepted_tokens < reply.usage.drafted_tokens


async def test_a_seed_gives_the_same_text_as_without(plain: Model, agreeing: Model) -> None:
    how = {"temperature": 0.8, "seed": 5}
    texts = [[reply.text for reply in await answers(model, **how)] for model in (plain, agreeing)]
    assert texts[0] == texts[1]


async def test_conversations_at_once_pauses_and_ways_back(plain: Model, agreeing: Model) -> None:
    async def talk(model: Model, name: str) -> list[str]:
        session = await model.create_session(system_prompt=f"You are {name}.")
        return [(await session.prompt(text, temperature=0, max_tokens=12)).text for text in TEXTS[:2]]

    names = ("Ann", "Ben", "Cleo", "Dan")  # more than there are sequences, so that some leave theirs and come back
    alone = [await talk(plain, name) for name in names]
    assert await asyncio.gather(*(talk(agreeing, name) for name in names)) == alone
    paused = await paused_again_and_again(agreeing.complete(TEXTS[0], temperature=0, max_tokens=32), 8)
    assert paused.text == (await answers(plain))[0].text


async def test_a_model_may_draft_beside_what_the_text_repeats(
    plain: Model, worker: LlamaWorker, random_model_path: Path, tmp_path: Path
) -> None:
    how: dict[str, Any] = {"draft_model": random_model_path, "speculative": "ngram", "context_size": 512}
    loras = {"loud": write_lora(tmp_path / "loud.gguf")}
    model = await worker.load_model(random_model_path, sequences=2, loras=loras, **how)
    assert (model.settings.speculative, model.settings.draft_model) == ("ngram", str(random_model_path))
    assert [reply.text for reply in await answers(model)] == [reply.text for reply in await answers(plain)]
    assert [reply.text for reply in await answers(model, lora={"loud": 1})] != [r.text for r in await answers(plain)]


async def test_an_estimate_counts_the_draft_model(worker: LlamaWorker, random_model_path: Path) -> None:
    without = await worker.estimate(random_model_path, context_size=512)
    with_it = await worker.estimate(random_model_path, context_size=512, draft_model=random_model_path)
    assert with_it.companion_bytes >= without.weights_bytes + without.kv_cache_bytes
    assert with_it.total_bytes >= without.total_bytes + with_it.companion_bytes


@pytest.mark.parametrize(
    ("how", "said"),
    [({"vocab_size": 1024}, "1024 tokens, and this model 512"), ({"words": ["<think>"]}, "its token 50[0-9] is")],
)
async def test_a_model_of_another_vocabulary_is_refused(
    how: Mapping[str, Any], said: str, worker: LlamaWorker, random_model_path: Path, tmp_path: Path
) -> None:
    other = write_gguf(tmp_path / "other.gguf", **how)
    with pytest.raises(InvalidModelError, match=f"not a usable draft model for this one: .*{said}"):
        await worker.load_model(random_model_path, draft_model=other)
    assert not worker.models


async def test_what_is_no_model_cannot_draft(worker: LlamaWorker, random_model_path: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError):
        await worker.load_model(random_model_path, draft_model=tmp_path / "none.gguf")
    with pytest.raises(InvalidModelError, match="adapter"):
        await worker.load_model(random_model_path, draft_model=write_lora(tmp_path / "lora.gguf"))


async def test_probabilities_are_refused(agreeing: Model) -> None:
    with pytest.raises(InvalidOptionsError, match="draft_model"):
        agreeing.complete("a", logprobs=2)
