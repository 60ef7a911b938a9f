"""The effect of each sampling option on the real engine: not that it was sent, but that it does what it says."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Any

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, Model, Reply
from llama_worker.options import DryRepeatPenalty, LogitBias, Mirostat, RepeatPenalty, Xtc
from tests.gguf_factory import write_gguf

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROMPT = "mama papa"


async def text(model: Model, **options: Any) -> str:
    return (await complete(model, **options)).text


async def complete(model: Model, **options: Any) -> Reply:
    return await model.complete(PROMPT, **{"max_tokens": 24, **options})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def greedy(noise: Model) -> str:
    return await text(noise, temperature=0)


async def test_greedy_is_always_the_same(noise: Model, greedy: str) -> None:
    assert greedy
    assert await text(noise, temperature=0, seed=9) == greedy


async def test_temperature_brings_chance(noise: Model, greedy: str) -> None:
    texts = {await text(noise, temperature=2.0, top_k=0, top_p=1, min_p=0, seed=seed) for seed in range(3)}
    assert len(texts) == 3
    assert greedy not in texts


@pytest.mark.parametrize("narrow", [{"top_k": 1}, {"top_p": 0.0}, {"min_p": 1.0}, {"top_n_sigma": 0.001}])
async def test_a_choice_of_one_is_greedy(noise: Model, greedy: str, narrow: dict[str, Any]) -> None:
    """node-llama-cpp 3.19 ignores topP; here each of them narrows."""
    wide = {"temperature": 1.5, "top_k": 0, "top_p": 1.0, "min_p": 0.0, "seed": 3}
    assert await text(noise, **wide) != greedy
    assert await text(noise, **{**wide, **narrow}) == greedy


async def test_typical_p_narrows_to_what_is_expected(noise: Model) -> None:
    wide = {"temperature": 1.5, "top_k": 0, "top_p": 1.0, "min_p": 0.0}
    free = {await text(noise, **wide, seed=seed) for seed in (1, 2, 3)}
    typical = {await text(noise, **wide, typical_p=1e-6, seed=seed) for seed in (1, 2, 3)}
    assert (len(free), len(typical)) == (3, 1)


async def test_the_same_seed_gives_the_same_text(noise: Model) -> None:
    first, second, other = [await text(noise, temperature=1.0, seed=seed) for seed in (7, 7, 8)]
    assert first == second != other


async def test_without_a_seed_every_answer_is_another(noise: Model) -> None:
    """node-llama-cpp's default seed is the second of the clock, so that two quick answers coincide."""
    assert len({await text(noise, temperature=1.0) for _ in range(3)}) == 3


async def test_a_context_may_have_a_seed(shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = write_gguf(tmp_path_factory.mktemp("seeded") / "seeded.gguf", plain_text=True)
    model = await shared_worker.load_model(path, seed=5)
    first, second, other = [await text(model, temperature=1.0, **more) for more in ({}, {}, {"seed": 6})]
    assert first == second != other
    assert await text(model, temperature=1.0, seed=5) == first
    await model.unload()


async def test_xtc_excludes_the_likeliest(noise: Model, greedy: str) -> None:
    """Of two candidates above the threshold only the less likely one is left."""
    two = {"temperature": 1.0, "top_k": 2, "top_p": 1.0, "min_p": 0.0}
    always = {await text(noise, **two, xtc=Xtc(probability=1.0, threshold=0.0), seed=seed) for seed in (1, 2)}
    assert len(always) == 1
    assert always != {greedy}
    assert always.pop()[:1] != greedy[:1]


async def test_mirostat_with_no_surprise_is_greedy(noise: Model, greedy: str) -> None:
    for version in (1, 2):
        assert await text(noise, temperature=1.0, mirostat=Mirostat(version=version, tau=1e-3), seed=5) == greedy
    calm, wild = [await text(noise, temperature=1.0, mirostat={"tau": tau}, seed=5) for tau in (1e-3, 9.0)]
    assert calm != wild


async def test_dynamic_temperature_changes_the_choice(noise: Model) -> None:
    plain = await text(noise, temperature=1.0, seed=5)
    ranged = [await text(noise, temperature=1.0, dynamic_temperature={"range": 1.0}, seed=5) for _ in range(2)]
    assert ranged[0] == ranged[1] != plain


async def tokens_of(model: Model, **options: Any) -> list[int]:
    reply = await complete(model, **{"temperature": 0, "max_tokens": 60, "logprobs": 1, **options})
    return [token.id for token in reply.logprobs]


async def test_repeat_penalty_forbids_what_was_there(noise: Model) -> None:
    free = await tokens_of(noise)
    punished = await tokens_of(noise, repeat_penalty=RepeatPenalty(penalty=100.0, last_tokens=1000))
    assert len(set(free)) < len(free)
    assert len(set(punished)) > len(set(free))
    assert await tokens_of(noise, repeat_penalty={"penalty": 100.0, "last_tokens": 0}) == free
    assert await tokens_of(noise, repeat_penalty=False) == free


@pytest.mark.parametrize("penalty", ["frequency_penalty", "presence_penalty"])
async def test_these_penalties_work_without_the_other(noise: Model, penalty: str) -> None:
    """node-llama-cpp 3.19 ignores them unless `penalty` is set too."""
    only = {"penalty": 1.0, "last_tokens": 1000, penalty: 2.0}
    assert len(set(await tokens_of(noise, repeat_penalty=only))) > len(set(await tokens_of(noise)))


async def test_dry_ends_a_repetition_with_its_defaults(noise: Model) -> None:
    """node-llama-cpp's own default base makes its DRY do nothing."""
    free = await tokens_of(noise, max_tokens=120)
    dry = await tokens_of(noise, max_tokens=120, dry_repeat_penalty=DryRepeatPenalty(strength=5.0))
    assert longest_repetition(free) > longest_repetition(dry)
    assert await tokens_of(noise, max_tokens=120, dry_repeat_penalty={"strength": 0.0}) == free


def longest_repetition(tokens: list[int]) -> int:
    """Length of the longest run of tokens that occurs twice."""
    longest = 0
    for length in range(1, len(tokens)):
        runs = [tuple(tokens[at : at + length]) for at in range(len(tokens) - length + 1)]
        if len(set(runs)) == len(runs):
            break
        longest = length
    return longest


async def test_a_banned_word_never_comes(noise: Model, greedy: str) -> None:
    banned = await text(noise, temperature=0, token_bias={greedy[:2]: "never"})
    assert not banned.startswith(greedy[:2])
    assert await text(noise, temperature=0, token_bias=[(greedy[:2], -1)]) == banned
    assert await text(noise, temperature=0, token_bias=MappingProxyType({greedy[:2]: "never"})) == banned


async def test_a_token_can_be_named_by_its_id(noise: Model) -> None:
    first = (await tokens_of(noise, max_tokens=1))[0]
    assert (await tokens_of(noise, max_tokens=1, token_bias={first: "never"}))[0] != first
    assert set(await tokens_of(noise, max_tokens=5, token_bias={42: {"logit": 1000}})) == {42}


async def test_the_bias_is_a_share_of_the_tokens_weight(noise: Model) -> None:
    """The second token wins exactly when its weight, raised by so much, is more than the first one's.

    node-llama-cpp lowers the probability for +20 %, does nothing for 50 % and gives NaN for anything negative.
    """
    first, second = (await complete(noise, temperature=0, max_tokens=1, logprobs=2)).logprobs[0].top
    gap = first.logprob - second.logprob
    assert await winner(noise, {second.id: LogitBias(logit=gap + 0.01)}) == second.id
    assert await winner(noise, {second.id: LogitBias(logit=gap - 0.01)}) == first.id
    share = min(math.exp(gap) - 1, 0.98)
    lowered = 1 - math.exp(-gap)
    assert gap < math.log(2), "the two must be near each other for this test"
    assert await winner(noise, {second.id: share + 0.02}) == second.id
    assert await winner(noise, {second.id: max(share - 0.02, 0.0)}) == first.id
    assert await winner(noise, {first.id: -lowered - 0.02}) == second.id
    assert await winner(noise, {first.id: -lowered + 0.02}) == first.id


async def winner(model: Model, bias: dict[int, Any]) -> int:
    return (await tokens_of(model, max_tokens=1, token_bias=bias))[0]


@pytest.mark.parametrize("bias", [-1.0, -0.999, -0.2, 0.0, 0.2, 0.5, 1.0, "never"])
async def test_no_bias_breaks_the_numbers(noise: Model, bias: Any) -> None:
    reply = await complete(noise, temperature=0, token_bias={"a": bias, "b": bias}, logprobs=3)
    assert reply.usage.completion_tokens == 24
    assert all(math.isfinite(token.logprob) for token in reply.logprobs)


async def test_logprobs_are_those_of_the_tokens(noise: Model) -> None:
    reply = await complete(noise, temperature=0, max_tokens=6, logprobs=4)
    assert len(reply.logprobs) == 6
    for token in reply.logprobs:
        assert [len(token.top), token.top[0].id] == [4, token.id]
        assert 0 > token.logprob == token.top[0].logprob >= token.top[3].logprob
    assert "".join(token.text for token in reply.logprobs) == reply.text
    assert (await complete(noise, max_tokens=2)).logprobs == ()
