"""The built-in model at each type, printed as a table: `python -m tests.models.quantizing.table`.

Each is asked, at temperature 0, what begins conversations such as the model was trained on, of another seed; its
answers are held against those of the conversations ("right": the same words) and against those of the model as it is.
It learned nothing but answers, so that a perplexity of whole texts would tell of something else.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from training.world import conversations

from llama_worker import LlamaWorker
from llama_worker.models.store.files import builtin_path

from .comparing import quantized

_SEED, _COUNT = 4711, 300
_TYPES = ("Q8_0", "Q6_K", "Q5_K_M", "Q5_0", "Q4_K_M", "Q4_K_S", "Q3_K_M", "Q4_0", "IQ4_XS", "Q2_K")


class Question(NamedTuple):
    """How a conversation begins."""

    system: str | None
    text: str
    answer: str


def questions() -> list[Question]:
    """Of conversations without tools."""
    found = []
    for one in islice(conversations(_SEED, 10 * _COUNT), 10 * _COUNT):
        system = one.messages[0]["content"] if one.messages[0]["role"] == "system" else None
        first = one.messages[1 if system is not None else 0 :][:2]
        if not one.tools and [message["role"] for message in first] == ["user", "assistant"]:
            found.append(Question(system, first[0]["content"], first[1]["content"]))
    return found[:_COUNT]


async def answers(model: Path, asked: list[Question]) -> list[str]:
    """In their order."""
    told = []
    async with LlamaWorker() as worker:
        loaded = await worker.load_model(model, sequences=1)
        for question in asked:
            session = await loaded.create_session(system_prompt=question.system)
            told.append((await session.prompt(question.text, temperature=0, max_tokens=128)).text)
    return told


async def rows() -> AsyncIterator[str]:
    asked = questions()
    whole = await answers(builtin_path(), asked)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("F16", *_TYPES):
            path = builtin_path() if name == "F16" else quantized(builtin_path(), Path(folder), name)
            told = whole if name == "F16" else await answers(path, asked)
            right = sum(one == question.answer for one, question in zip(told, asked, strict=True))
            same = sum(one == other for one, other in zip(told, whole, strict=True))
            yield f"| {name} | {path.stat().st_size / 1e6:.2f} MB | {_share(right)} | {_share(same)} |\n"


def _share(count: int) -> str:
    return f"{100 * count / _COUNT:.0f} %"


async def main() -> None:
    async for row in rows():
        sys.stdout.write(row)
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
