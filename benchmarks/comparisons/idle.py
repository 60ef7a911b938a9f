"""A quiet machine: an answer, a long prompt, and eight chats at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.contestants.process import ContestantProcess
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
    prompt_speed,
    with_threads,
)
from benchmarks.sides.pace import Pace

_CHATS = 8
_OURS_EQUAL, _BARE_EQUAL = with_threads(OURS), with_threads(BARE)


@asynccontextmanager
async def decoding(run: Run) -> AsyncIterator[list[Side]]:
    prompts, pace = Prompts(words=12), Pace(4.0, most=32 if run.quick else 64)

    async def measure(contestant: ContestantProcess) -> Figures:
        answer = await pace.answer(contestant, prompts.next())
        return {"decode": decode_speed(answer), "first byte": answer["firstByte"], "first token": answer["firstToken"]}

    async with loaded(run, measure) as sides:
        yield sides


@asynccontextmanager
async def decoding_fast(run: Run) -> AsyncIterator[list[Side]]:
    prompts = Prompts(words=12)

    async def measure(contestant: ContestantProcess) -> Figures:
        answer = await contestant.ask("answer", prompt=prompts.next(), tokens=256, cached=False)
        return {"a token": 1e6 / decode_speed(answer)}

    async with loaded(run, measure, model="builtin", threads=(1,)) as sides:
        yield sides


@asynccontextmanager
async def reading(run: Run) -> AsyncIterator[list[Side]]:
    prompts = Prompts(words=160 if run.quick else 340)

    async def measure(contestant: ContestantProcess) -> Figures:
        prompt = prompts.next()
        answer = await contestant.ask("answer", prompt=prompt, tokens=2, cached=False)
        again = await contestant.ask("answer", prompt=prompt + " And then?", tokens=2, cached=True)
        return {
            "prompt": prompt_speed(answer),
            "first token": answer["firstToken"],
            "first token, cached": again["firstToken"],
        }

    async with loaded(run, measure, threads=DEFAULT if run.quick else DEFAULT_AND_EQUAL) as sides:
        yield sides


@asynccontextmanager
async def chatting(run: Run) -> AsyncIterator[list[Side]]:
    prompts, tokens = Prompts(words=16), 16 if run.quick else 32

    async def measure(contestant: ContestantProcess) -> Figures:
        asked = [prompts.next() for _ in range(_CHATS)]
        answer = await contestant.ask("chats", prompts=asked, tokens=tokens)
        each = answer["each"]
        return {
            "together": sum(chat["tokens"] for chat in each) / answer["total"],
            "last first token": max(chat["firstToken"] for chat in each),
        }

    async with loaded(
        run, measure, context=512, sequences=_CHATS, threads=DEFAULT if run.quick else DEFAULT_AND_EQUAL
    ) as sides:
        yield sides


def _defaults(figure: str) -> tuple[Bar, ...]:
    """Ours as it comes against the others as they come."""
    return (
        Bar("with each one's defaults, over the same engine", figure, OURS, (BARE,), at_least=0.97),
        Bar("with the native engine, over all peers", figure, "ours-native", PEERS, at_least=0.97),
    )


COMPARISONS = [
    Comparison(
        name="decode",
        sentence="One answer to a short prompt that nobody has asked before.",
        figures=(
            Figure("decode", "tokens/s"),
            Figure("first byte", "s", "lower"),
            Figure("first token", "s", "lower"),
        ),
        sides=decoding,
        bars=(
            Bar("over the bare engine with the same threads", "decode", _OURS_EQUAL, (_BARE_EQUAL,), 0.98),
            *_defaults("decode"),
        ),
        pause=PAUSE,
        headlines={"decode": "decode, idle"},
    ),
    Comparison(
        name="cost of a token",
        sentence="One answer of the built-in model, whose tokens take so little that what is added to them shows.",
        figures=(Figure("a token", "microseconds", "lower"),),
        sides=decoding_fast,
        bars=(
            Bar(
                "more than with the bare engine",
                "a token",
                with_threads(OURS, 1),
                (with_threads(BARE, 1),),
                at_most_more=40.0,
            ),
        ),
        rounds=15,
        quick_rounds=7,
    ),
    Comparison(
        name="prompt",
        sentence="A prompt of some 500 tokens that nobody has asked before, and then the same one with two words more.",
        figures=(
            Figure("prompt", "tokens/s"),
            Figure("first token", "s", "lower"),
            Figure("first token, cached", "s", "lower"),
        ),
        sides=reading,
        bars=_defaults("prompt"),
        rounds=5,
        quick_rounds=2,
        pause=PAUSE,
        headlines={"prompt": "prompt, idle"},
    ),
    Comparison(
        name="8 chats",
        sentence="Eight conversations of one short question each, asked at once.",
        figures=(Figure("together", "tokens/s"), Figure("last first token", "s", "lower")),
        sides=chatting,
        bars=(
            *_defaults("together"),
            Bar("over llama-cpp-python", "together", OURS, ("llama-cpp-python",), at_least=1.7),
        ),
        rounds=5,
        quick_rounds=2,
        pause=PAUSE,
        headlines={"together": "8 chats, idle"},
    ),
]
