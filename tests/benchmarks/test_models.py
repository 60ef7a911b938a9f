"""Models of random weights, and text as in a book."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.models.prose import book, prose, repeated
from benchmarks.models.shapes import SHAPES
from benchmarks.models.vocabulary import tokens
from benchmarks.models.writing import write_model

from llama_worker import LlamaWorker


def test_text_is_another_for_each_number_and_the_same_for_the_same() -> None:
    assert prose(50, 1) == prose(50, 1) != prose(50, 2)
    assert len(prose(50, 1).split()) == 50


def test_text_repeats_itself_no_more_than_the_book() -> None:
    made = [repeated(prose(3000, number).split()) for number in range(8)]
    real = [repeated(book()[start : start + 3000]) for start in range(0, 9000, 1000)]
    assert sum(made) / len(made) <= 1.5 * sum(real) / len(real)


@pytest.mark.parametrize("size", [12000, 32000])
def test_a_vocabulary_has_its_size_and_nothing_twice(size: int) -> None:
    assert len(set(tokens(size))) == size


async def test_a_model_loads_and_never_ends_by_itself(tmp_path: Path) -> None:
    path = write_model(SHAPES["tiny"], tmp_path / "tiny.gguf")
    async with LlamaWorker() as worker:
        model = await worker.load_model(str(path), context_size=512)
        text = prose(100, 1)
        reply = await model.complete(text, max_tokens=100, temperature=0)
        assert reply.finish_reason == "length"
        assert reply.usage.prompt_tokens < 2 * len(text.split())
