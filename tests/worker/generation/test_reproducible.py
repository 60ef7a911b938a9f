"""The same text whatever else runs, or a refusal."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from llama_worker import LlamaWorker, Model
from llama_worker.engine.settings import EngineSettings
from llama_worker.errors import NotReproducibleError
from llama_worker.messages.events import StateChanged
from llama_worker.worker.generation.reproducible import check_settings
from tests.gguf_factory import write_gguf
from tests.worker.generation.test_pause import paused_again_and_again

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROMPTS = ["The llama of la li lo lu. " * count + "Why?" for count in (2, 5, 11)]
PROMISED: dict[str, Any] = {"reproducible": True, "temperature": 1.0, "max_tokens": 60}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model(shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Its answers are noise, in which near ties are common."""
    path = tmp_path_factory.mktemp("model") / "model.gguf"
    write_gguf(path, embedding_length=128, block_count=4, plain_text=True, endless=True)
    return await shared_worker.load_model(path, sequences=4, context_size=2048, kv_unified=False)


async def chatter(model: Model, number: int) -> None:
    """Somebody who never stops asking, and leaves answers in the middle."""
    session = await model.create_session()
    while True:
        async for _ in session.prompt(f"{number} talks. " * (number + 1), max_tokens=30, stop_on_abort=True):
            if number == 0:
                break


async def test_the_same_text_with_others_beside_it(model: Model) -> None:
    alone = [(await model.complete(prompt, **PROMISED)).text for prompt in PROMPTS]
    others = [asyncio.create_task(chatter(model, number)) for number in range(4)]
    try:
        for _ in range(4):
            replies = [await model.complete(prompt, **PROMISED) for prompt in PROMPTS]
            assert [reply.text for reply in replies] == alone
            assert {reply.usage.cached_tokens for reply in replies} == {0}
    finally:
        for other in others:
            other.cancel()
        await asyncio.gather(*others, return_exceptions=True)


async def test_it_computes_alone(model: Model) -> None:
    """Whoever comes later waits, and whoever was there is let finish."""
    first = model.complete(PROMPTS[0], max_tokens=60)
    promised = model.complete(PROMPTS[0], **PROMISED)
    later = model.complete(PROMPTS[0], max_tokens=5)
    events = promised.events()
    async for event in events:
        if event == StateChanged("running"):
            assert first.finished
            break
    assert later.state == "queued"
    await promised.wait_unharmed()
    await later


async def test_a_pause_changes_nothing_even_when_it_is_sampled(model: Model) -> None:
    whole = (await model.complete(PROMPTS[1], **PROMISED)).text
    paused = await paused_again_and_again(model.complete(PROMPTS[1], **PROMISED), every=5, times=2)
    assert paused.text == whole


async def test_another_seed_is_another_text(model: Model) -> None:
    texts = {(await model.complete(PROMPTS[0], seed=seed, **PROMISED)).text for seed in (1, 1, 2)}
    assert len(texts) == 2


PLAIN = EngineSettings(model_path="m.gguf", context_size=512, sequences=4, batch_size=64, threads=2)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"gpu": True, "likely_gpu_layers": 3}, "gpu=False"),
        ({"engine_arguments": ("--x",)}, "engine_arguments"),
        ({"kv_unified": True}, "sequences=1"),
    ],
)
async def test_what_cannot_be_promised_is_refused(changes: dict[str, Any], said: str) -> None:
    check_settings(PLAIN)
    check_settings(replace(PLAIN, kv_unified=True, sequences=1))
    with pytest.raises(NotReproducibleError, match=said) as caught:
        check_settings(replace(PLAIN, **changes))
    assert caught.value.path == "reproducible"
