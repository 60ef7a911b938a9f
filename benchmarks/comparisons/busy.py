"""A machine on which others compute: one process, one for each core, and processes that come and go."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from benchmarks.contestants.process import ContestantProcess
from benchmarks.measuring.busy import busy, coming_and_going, cores
from benchmarks.measuring.comparison import Bar, Comparison, Figure, Figures, Run, Side
from benchmarks.sides.contestants import (
    BARE,
    DEFAULT,
    DEFAULT_AND_EQUAL,
    OURS,
    PAUSE,
    PEERS,
    Prompts,
    decode_speed,
    loaded,
)
from benchmarks.sides.pace import Pace


def decoding_beside(processes: int, tokens: int) -> Callable[[Run], AbstractAsyncContextManager[list[Side]]]:
    """An answer while so many others compute, who began when everybody had loaded."""

    @asynccontextmanager
    async def sides(run: Run) -> AsyncIterator[list[Side]]:
        prompts, pace = Prompts(words=6), Pace(4.0, most=tokens)

        async def measure(contestant: ContestantProcess) -> Figures:
            answer = await pace.answer(contestant, prompts.next())
            return {"decode": decode_speed(answer), "first token": answer["firstToken"]}

        async with (
            loaded(run, measure, threads=DEFAULT if run.quick else DEFAULT_AND_EQUAL) as loaded_sides,
            busy(processes),
        ):
            yield loaded_sides

    return sides


@asynccontextmanager
async def changing(run: Run) -> AsyncIterator[list[Side]]:
    """Answers one after the other, first with nobody beside, then with a process on each core."""
    prompts, phase = Prompts(words=6), 5.0 if run.quick else 20.0

    async def measure(contestant: ContestantProcess) -> Figures:
        async with coming_and_going(cores(), phase):
            return await _tokens_within(contestant, prompts, 2 * phase)

    async with loaded(run, measure, threads=DEFAULT) as sides:
        yield sides


async def _tokens_within(contestant: ContestantProcess, prompts: Prompts, seconds: float) -> Figures:
    """Answers of a second each, so that the last does not end long after."""
    began, tokens, pace = time.perf_counter(), 0, Pace(1.0, most=64)
    while time.perf_counter() - began < seconds:
        answer = await pace.answer(contestant, prompts.next())
        tokens += answer["tokens"]
    return {"tokens": tokens / (time.perf_counter() - began)}


COMPARISONS = [
    Comparison(
        name="beside one",
        sentence="One answer beside a process that keeps a core busy.",
        figures=(Figure("decode", "tokens/s"), Figure("first token", "s", "lower")),
        sides=decoding_beside(1, tokens=32),
        bars=(
            Bar("over every peer", "decode", OURS, PEERS, at_least=0.97),
            Bar("over the bare engine", "decode", OURS, (BARE,), at_least=1.9),
            Bar("over node-llama-cpp", "decode", OURS, ("node-llama-cpp*",), at_least=3.0),
        ),
        rounds=7,
        quick_rounds=2,
        pause=PAUSE,
        headlines={"decode": "decode, one busy process beside"},
    ),
    Comparison(
        name="beside many",
        sentence="One answer beside a busy process for each core.",
        figures=(Figure("decode", "tokens/s"), Figure("first token", "s", "lower")),
        sides=decoding_beside(cores(), tokens=16),
        bars=(
            Bar("over every peer", "decode", OURS, PEERS, at_least=1.4),
            Bar("over the bare engine", "decode", OURS, (BARE,), at_least=6.0),
        ),
        rounds=7,
        quick_rounds=2,
        pause=PAUSE,
        headlines={"decode": "decode, a busy process on each core"},
    ),
    Comparison(
        name="load that comes and goes",
        sentence="Answers one after the other, for 20 s with nobody beside and 20 s with a busy process on each core.",
        figures=(Figure("tokens", "tokens/s"),),
        sides=changing,
        bars=(Bar("over every peer", "tokens", OURS, PEERS, at_least=1.2),),
        rounds=3,
        quick_rounds=1,
        warm_up=0,
        pause=PAUSE,
        headlines={"tokens": "answers while load comes and goes"},
    ),
]
