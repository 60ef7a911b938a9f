"""Conversations that go on: many on few sequences, and a long one beside a short prompt, also after an unload."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

from benchmarks.contestants.process import ContestantProcess, running
from benchmarks.measuring.busy import cores
from benchmarks.measuring.comparison import Bar, Comparison, Figure, Figures, Run, Side
from benchmarks.models.prose import prose
from benchmarks.sides.contestants import BARE, model_of
from llama_worker import ChatSession, LlamaWorker, Model

_CONVERSATIONS, _SEQUENCES, _TURNS = 16, 4, 10
_ALONE, _ALIKE = "their own system prompts", "one system prompt of 300 words"
_ONE_BY_ONE, _ONE_BY_ONE_SHORT = f"{_ALIKE}, one after another", "one of 20 words, one after another"
_SHORT, _LONG, _RELOADED = "a short prompt", "4,000 tokens before it", "4,000 tokens, after an unload"
_BARE_SHORT, _BARE_LONG = "bare, a short prompt", "bare, 4,000 tokens before it"
_SECONDS = "first token"
_CONTEXT, _QUESTION = 8192, 12


@asynccontextmanager
async def taking_turns(run: Run) -> AsyncIterator[list[Side]]:
    """The built-in model, as its answers are text, which a model of random weights does not write."""
    numbers, turns = itertools.count(1), 4 if run.quick else _TURNS
    async with LlamaWorker() as worker:
        model = await worker.load_model("builtin", context_size=2048, sequences=_SEQUENCES)

        async def measure(system: Callable[[], str], at_once: int = _CONVERSATIONS) -> Figures:
            sessions = [await model.create_session(system_prompt=system()) for _ in range(_CONVERSATIONS)]
            counts = await _conversed(sessions, turns, at_once, numbers)
            return {"not read again": counts[0] / counts[1], "of all prompt tokens": counts[2] / counts[3]}

        yield [
            Side(_ALONE, lambda: measure(lambda: prose(10, next(numbers)))),
            Side(_ALIKE, lambda: measure(lambda: prose(300, 0))),
            Side(_ONE_BY_ONE, lambda: measure(lambda: prose(300, 0), 1)),
            Side(_ONE_BY_ONE_SHORT, lambda: measure(lambda: prose(20, 0), 1)),
        ]


async def _conversed(
    sessions: list[ChatSession], turns: int, at_once: int, numbers: Iterator[int]
) -> tuple[int, int, int, int]:
    """Tokens of earlier turns that came from the cache, and all of those; tokens from the cache, and of all prompts."""
    held, counts = [0] * len(sessions), [0, 0, 0, 0]

    async def ask(number: int) -> None:
        usage = (await sessions[number].prompt(prose(8, next(numbers)), max_tokens=24)).usage
        before = min(held[number], usage.prompt_tokens)
        more = (min(before, usage.cached_tokens), before, usage.cached_tokens, usage.prompt_tokens)
        counts[:] = [count + one for count, one in zip(counts, more, strict=True)]
        held[number] = usage.total_tokens

    for _ in range(turns):
        for first in range(0, len(sessions), at_once):
            await asyncio.gather(*map(ask, range(first, first + at_once)))
    return counts[0], counts[1], counts[2], counts[3]


@asynccontextmanager
async def going_on(run: Run) -> AsyncIterator[list[Side]]:
    path, numbers = model_of(run, "350M"), itertools.count(1)
    words = 800 if run.quick else 2700
    async with LlamaWorker() as worker, running(BARE) as bare:

        async def load() -> Model:
            return await worker.load_model(path, context_size=_CONTEXT, sequences=2)

        long = await (await load()).create_session(system_prompt=prose(words, 0))
        await _first_token(long, numbers)

        async def short() -> Figures:
            return {_SECONDS: await _first_token(await long.model.create_session(), numbers)}

        async def again() -> Figures:
            return {_SECONDS: await _first_token(long, numbers)}

        async def reloaded() -> Figures:
            nonlocal long
            history = long.get_chat_history()
            await long.model.unload()
            long = await (await load()).create_session()
            long.set_chat_history(history)
            return {_SECONDS: await _first_token(long, numbers)}

        async def alone(history: list[dict[str, str]]) -> Figures:
            question = {"role": "user", "content": prose(_QUESTION, next(numbers))}
            return await _bare_first_token(bare, (await long.model.render([*history, question])).text)

        before = [{"role": "system", "content": prose(words, 0)}]
        await bare.ask("load", model=str(path), threads=cores(), context=_CONTEXT, sequences=2)
        await alone(before)
        yield [
            Side(_SHORT, short),
            Side(_LONG, again),
            Side(_RELOADED, reloaded),
            Side(_BARE_SHORT, lambda: alone([])),
            Side(_BARE_LONG, lambda: alone(before)),
        ]


async def _bare_first_token(bare: ContestantProcess, prompt: str) -> Figures:
    """Of the engine alone, which gets the same text as ours."""
    return {_SECONDS: (await bare.ask("answer", prompt=prompt, tokens=2, cached=True))["firstToken"]}


async def _first_token(session: ChatSession, numbers: Iterator[int]) -> float:
    """Of a question, which the conversation forgets afterwards."""
    before, began = session.get_chat_history(), time.perf_counter()
    answer = session.prompt(prose(_QUESTION, next(numbers)), max_tokens=2, temperature=0)
    async for _ in answer:
        break
    seconds = time.perf_counter() - began
    await answer.wait()
    session.set_chat_history(before)
    return seconds


COMPARISONS = [
    Comparison(
        name="16 conversations",
        sentence=f"{_CONVERSATIONS} conversations of {_TURNS} turns on {_SEQUENCES} sequences, in each turn "
        "all asked at once, or one after another: how much of what was read and said before comes from the cache.",
        figures=(Figure("not read again", "of earlier turns"), Figure("of all prompt tokens", "from the cache")),
        sides=taking_turns,
        bars=(
            Bar("with system prompts of their own", "not read again", _ALONE, at_least=0.95),
            Bar("with a common system prompt", "not read again", _ALIKE, at_least=0.95),
            Bar("with a common one, one after another", "not read again", _ONE_BY_ONE, at_least=0.95),
            Bar("with a short common one, one after another", "not read again", _ONE_BY_ONE_SHORT, at_least=0.95),
        ),
        rounds=3,
        quick_rounds=1,
        warm_up=0,
    ),
    Comparison(
        name="long conversation",
        sentence=f"A question of {_QUESTION} words: of nobody, in a conversation of 4,000 tokens, and in one whose "
        "model was unloaded and loaded again before; and the same of the engine alone, which has read as much.",
        figures=(Figure(_SECONDS, "s", "lower"),),
        sides=going_on,
        bars=(
            Bar("in a conversation of 4,000 tokens, over a short prompt", _SECONDS, _LONG, (_SHORT,), at_most=1.1),
            Bar("after an unload, over a short prompt", _SECONDS, _RELOADED, (_SHORT,), at_most=1.5),
            Bar("in a conversation of 4,000 tokens, over bare", _SECONDS, _LONG, (_BARE_LONG,), at_most=1.1),
            Bar("after an unload, over bare that stays", _SECONDS, _RELOADED, (_BARE_LONG,), at_most=1.25),
        ),
        rounds=5,
        quick_rounds=2,
        pause=1.0,
    ),
]
