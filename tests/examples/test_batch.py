"""examples/batch: every row once, in order, whatever stops it."""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path

import pytest

from llama_worker import errors
from tests.examples.environment import EXAMPLES
from tests.examples.load import load

batch = load("batch", "batch")
COUNTRIES = EXAMPLES / "batch" / "countries.csv"
PROMPT = "What is the capital of {country}?"


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


async def test_it_goes_on_behind_the_last_whole_row(tmp_path: Path) -> None:
    """A row that was half written is written again, those before it are left alone."""
    target = tmp_path / "answers.csv"
    half = 'country,continent,answer,error\nFrance,Europe,"Paris, as it stood here",\nJapan,Asia,"The capital\nof Jap'
    target.write_text(half)
    await batch.run(COUNTRIES, target, PROMPT, politeness="normal")
    answers = [row["answer"] for row in table(target)]
    assert [row["country"] for row in table(target)] == [row["country"] for row in table(COUNTRIES)]
    assert answers[0] == "Paris, as it stood here"
    assert answers[1] == "The capital of Japan is Tokyo."
    assert all(answers)


@pytest.mark.slow
async def test_what_was_answered_stays_when_it_is_cancelled(tmp_path: Path, slow_model_path: Path) -> None:
    target = tmp_path / "answers.csv"
    running = asyncio.create_task(batch.run(COUNTRIES, target, PROMPT, str(slow_model_path), 12, "normal"))
    while not (target.exists() and len(target.read_text().splitlines()) > 1):
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    answered = len(batch.read(target)[0])
    assert 1 <= answered < 6


@pytest.mark.parametrize("end", ["", "a,b\n1", 'a,b\n1,2\n3,"4\n', "a,b\n1,2\n3,4"])
def test_rows_that_are_not_whole_are_dropped(end: str, tmp_path: Path) -> None:
    path = tmp_path / "cut.csv"
    path.write_text(end)
    assert list(batch.whole_rows(path)) == [{"a": "1", "b": "2"}] * end.count("1,2\n")


async def test_mistakes_are_one_sentence(tmp_path: Path) -> None:
    target = tmp_path / "answers.csv"
    with pytest.raises(SystemExit, match="'city' is not one of its columns"):
        await batch.run(COUNTRIES, target, "What is {city}?")
    with pytest.raises(errors.InvalidModelError):
        await batch.run(COUNTRIES, target, PROMPT, str(COUNTRIES))
    target.write_text("country,continent,answer,error\nPeru,South America,Lima.,\n")
    with pytest.raises(SystemExit, match="other rows"):
        await batch.run(COUNTRIES, target, PROMPT)
