"""Vectors of 1,000 short texts, asked for together. `costs/embeddings.py` looks into what takes how long."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from benchmarks.contestants.process import ContestantProcess, running
from benchmarks.measuring.comparison import Bar, Comparison, Figure, Figures, Run, Side
from benchmarks.sides.contestants import BARE, OURS, model_of

_COUNT, _FEW = 1000, 200
_WORDS = ("the", "a", "small", "large", "house", "tree", "river", "walks", "sees", "finds", "in", "on", "old", "new")


@asynccontextmanager
async def embedding(run: Run) -> AsyncIterator[list[Side]]:
    chance = random.Random(0)
    count = _FEW if run.quick else _COUNT
    texts = [" ".join(chance.choices(_WORDS, k=chance.randint(3, 12))) for _ in range(count)]
    model = str(model_of(run, "builtin"))

    async def measure(contestant: ContestantProcess) -> Figures:
        answer = await contestant.ask("embed", texts=texts)
        return {"texts": count / answer["total"]}

    async with AsyncExitStack() as stack:
        sides = []
        for name in (OURS, BARE):
            process = await stack.enter_async_context(running(name))
            await process.ask("load", model=model, threads=1, context=512, sequences=4, embeddings=True)
            sides.append(Side(name, lambda process=process: measure(process)))  # type: ignore[misc]
        yield sides


COMPARISONS = [
    Comparison(
        name="embeddings",
        sentence="The vectors of 1,000 texts of 3 to 12 words, one thread.",
        figures=(Figure("texts", "texts/s"),),
        sides=embedding,
        bars=(Bar("over the bare engine", "texts", OURS, (BARE,), at_least=0.95),),
    )
]
