"""Drafts of what a text repeats, on the real engine: they change how fast an answer comes, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from llama_worker import Image, LlamaWorker, Model, ModelOptions
from llama_worker.errors import InvalidOptionsError, OperationAborted
from tests.gguf_factory import write_gguf
from tests.projector_factory import png, write_projector
from tests.worker.generation.test_pause import paused_again_and_again
from tests.worker.states import other_models

pytestmark = pytest.mark.asyncio(loop_scope="module")

STORY = [{"role": "user", "content": "Tell me a story."}]
SCHEMA = {"type": "object", "properties": {"name": {"type": "string", "maxLength": 20}}, "required": ["name"]}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plain() -> AsyncIterator[Model]:
    async with LlamaWorker() as worker:
        yield await worker.load_model("builtin", context_size=2048)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def drafting() -> AsyncIterator[Model]:
    async with LlamaWorker() as worker:
        yield await worker.load_model("builtin", context_size=2048, speculative="ngram")


async def told_twice(model: Model, **options: Any) -> Any:
    """A story, and then the same once more: the second time it is a repetition."""
    first = await model.chat(STORY, temperature=0, max_tokens=60)
    again = [*STORY, {"role": "assistant", "content": first.text}, *STORY]
    return await model.chat(again, **({"max_tokens": 60, "temperature": 0} | options))


async def test_a_repetition_is_drafted_and_the_text_stays_the_same(plain: Model, drafting: Model) -> None:
    expected, reply = await told_twice(plain), await told_twice(drafting)
    assert reply.text == expected.text
    assert reply.usage.completion_tokens == expected.usage.completion_tokens
    assert 0 < reply.usage.accepted_tokens <= reply.usage.drafted_tokens
    assert expected.usage.drafted_tokens == 0


async def test_the_model_tells_what_drafts(plain: Model, drafting: Model) -> None:
    assert (plain.settings.speculative, plain.settings.draft_tokens) == (None, 0)
    assert (drafting.settings.speculative, drafting.settings.draft_tokens) == ("ngram", 16)


@pytest.mark.parametrize("options", [{"json_schema": SCHEMA}, {"grammar": "list", "max_tokens": 24}, {"max_tokens": 3}])
async def test_forms_and_limits_hold(options: dict[str, Any], plain: Model, drafting: Model) -> None:
    assert (await told_twice(drafting, **options)).text == (await told_twice(plain, **options)).text


async def test_a_stop_sequence_within_a_draft_ends_the_answer(plain: Model, drafting: Model) -> None:
    reply = await told_twice(drafting, stop_sequences=["house"])
    assert reply.text == (await told_twice(plain, stop_sequences=["house"])).text
    assert reply.finish_reason == "stop_sequence"


async def test_a_seed_gives_the_same_text_as_without(plain: Model, drafting: Model) -> None:
    texts = [(await told_twice(model, temperature=0.7, seed=3)).text for model in (plain, drafting)]
    assert texts[0] == texts[1]


async def test_pauses_and_aborts(plain: Model, drafting: Model) -> None:
    expected = await told_twice(plain)
    again = [*STORY, {"role": "assistant", "content": expected.text}, *STORY]
    paused = await paused_again_and_again(drafting.chat(again, temperature=0, max_tokens=60), 8)
    assert paused.text == expected.text
    assert paused.usage.completion_tokens == expected.usage.completion_tokens
    left = drafting.chat(again, temperature=0, max_tokens=60)
    async for _ in left:
        left.abort()
    with pytest.raises(OperationAborted):
        await left
    assert (await told_twice(drafting)).text == expected.text


async def test_all_sequences_draft_at_once_in_a_small_batch(plain: Model, worker: LlamaWorker) -> None:
    """A batch that did not hold all drafts would end the engine."""
    model = await worker.load_model("builtin", context_size=1024, sequences=4, batch_size=32, speculative="ngram")
    assert model.settings.draft_tokens == 7
    expected = await told_twice(plain)
    replies = await asyncio.gather(*(told_twice(model) for _ in range(8)))
    assert {reply.text for reply in replies} == {expected.text}
    assert all(reply.usage.accepted_tokens for reply in replies)


async def test_a_context_that_sequences_share_may_become_full(worker: LlamaWorker) -> None:
    model = await worker.load_model(
        "builtin", context_size=512, kv_unified=True, sequences=4, batch_size=128, speculative="ngram"
    )
    again = [*STORY, {"role": "assistant", "content": (await model.chat(STORY, temperature=0)).text}, *STORY]
    replies = await asyncio.gather(*(model.chat(again, temperature=0) for _ in range(4)))
    assert len({reply.text for reply in replies}) == 1
    assert model.info.last_death is None


@pytest.mark.parametrize("make", [other_models.windowed, other_models.recurrent])
async def test_models_that_cannot_go_back_draft_too(make: Any, tmp_path: Path, worker: LlamaWorker) -> None:
    path = make(tmp_path / "other.gguf")
    text = "la li lo lu sa si so su " * 6
    replies = []
    for speculative in (None, "ngram"):
        model = await worker.load_model(path, context_size=512, sequences=1, speculative=speculative)
        replies.append(await model.complete(text, temperature=0, max_tokens=40))
    assert replies[0].text == replies[1].text


async def test_an_image_before_the_text_does_not_disturb_drafts(worker: LlamaWorker, tmp_path: Path) -> None:
    path, projector = write_gguf(tmp_path / "seeing.gguf"), write_projector(tmp_path / "mmproj.gguf")
    asked = [{"role": "user", "content": [Image(png()), "la li lo lu " * 8]}]
    replies = []
    for drafts in (ModelOptions(), ModelOptions(speculative="ngram"), ModelOptions(draft_model=str(path))):
        model = await worker.load_model(path, drafts, context_size=1024, sequences=1, projector=str(projector))
        replies.append(await model.chat(asked, temperature=0, max_tokens=16))
    assert len({reply.text for reply in replies}) == 1
    assert replies[2].usage.drafted_tokens


async def test_what_cannot_be_told_of_drafts_is_refused(drafting: Model) -> None:
    with pytest.raises(InvalidOptionsError, match="no probabilities") as refused:
        drafting.complete("a", logprobs=2)
    assert refused.value.path == "logprobs"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"speculative": "ngram", "sequences": 8, "batch_size": 32}, "batch_size of 40"),
        ({"speculative": "ngram", "sequences": 4, "batch_size": 32, "draft_tokens": 8}, "batch_size of 36"),
        ({"draft_tokens": 8}, "somebody who drafts"),
    ],
)
async def test_what_does_not_fit_is_refused_before_an_engine_starts(
    options: dict[str, Any], said: str, worker: LlamaWorker, random_model_path: Path
) -> None:
    with pytest.raises(InvalidOptionsError, match=said):
        await worker.load_model(random_model_path, **options)
