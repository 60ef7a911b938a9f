"""Many chats that share few sequences: whether each gets its share, and all of its answers."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from benchmarks.measuring.comparison import Bar, Comparison, Figure, Figures, Run, Side
from benchmarks.models.prose import prose
from benchmarks.sides.contestants import OURS, model_of
from llama_worker import ChatSession, LlamaWorker, errors

_CHATS, _SEQUENCES, _TURNS, _TOKENS = 64, 4, 10, 32
_SLOWEST, _LOST = "slowest", "lost"


@asynccontextmanager
async def sharing(run: Run) -> AsyncIterator[list[Side]]:
    """Every chat asks its next question as soon as it is answered."""
    numbers, turns = itertools.count(1), 5 if run.quick else _TURNS
    async with LlamaWorker() as worker:
        model = await worker.load_model(model_of(run, "builtin"), context_size=2048, sequences=_SEQUENCES)

        async def measure() -> Figures:
            sessions = [await model.create_session() for _ in range(_CHATS)]
            began = time.perf_counter()
            answered = await asyncio.gather(*(_whole_answers(session, turns, numbers) for session in sessions))
            speeds = [whole / (ended - began) for whole, ended in answered]
            lost = _CHATS * turns - sum(whole for whole, _ in answered)
            return {_SLOWEST: min(speeds) / statistics.mean(speeds), _LOST: lost}

        yield [Side(OURS, measure)]


async def _whole_answers(session: ChatSession, turns: int, numbers: Iterator[int]) -> tuple[int, float]:
    """How many of a chat's answers came whole, and when the last one had come."""
    whole = 0
    for _ in range(turns):
        answer = session.prompt(
            prose(8, next(numbers)), max_tokens=_TOKENS, temperature=0, engine_options={"ignore_eos": True}
        )
        try:
            pieces = [text async for text in answer]
            reply = await answer
        except errors.LlamaWorkerError:
            continue
        whole += reply.usage.completion_tokens == _TOKENS and "".join(pieces) == reply.text
    return whole, time.perf_counter()


COMPARISONS = [
    Comparison(
        name="64 chats",
        sentence=f"{_CHATS} chats on {_SEQUENCES} sequences, each with {_TURNS} questions one after the other: the "
        "speed of the slowest over the mean of all, and answers that did not come whole.",
        figures=(Figure(_SLOWEST, "of the mean"), Figure(_LOST, "answers", "lower")),
        sides=sharing,
        bars=(
            Bar("the slowest chat over the mean", _SLOWEST, OURS, at_least=0.8),
            Bar("nothing is lost", _LOST, OURS, at_most=0.0),
        ),
        rounds=5,
        quick_rounds=2,
    )
]
