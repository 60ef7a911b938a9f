"""What the built-in model says is kept, and said again without it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llama_worker import errors
from llama_worker.testing import FakeModel, Recording


def get_weather(city: str) -> str:
    """The current weather of a city."""
    return "sunny, 24 degrees"


async def answers(recording: Recording, *questions: str) -> list[str]:
    with recording:
        async with FakeModel(recording) as model:
            session = await model.create_session()
            return [(await session.prompt(one, functions=[get_weather], temperature=0)).text for one in questions]


async def test_a_recording_is_made_once_and_replayed(tmp_path: Path) -> None:
    file = tmp_path / "recordings" / "weather.json"
    first = await answers(Recording(file, "builtin"), "What is the weather in Lisbon?")
    written = json.loads(file.read_text())
    assert written["answers"][0]["reply"]["calls"][0]["name"] == "get_weather"
    again = Recording(file, "hf:not/here", mode="none")  # which nobody asks any more
    assert await answers(again, "What is the weather in Lisbon?") == first
    with pytest.raises(errors.EngineRequestError, match="--llama-record=new"):
        await answers(Recording(file, "hf:not/here", mode="none"), "Something else?")
    await answers(Recording(file, "builtin", mode="new"), "What is the weather in Lisbon?", "Hello!")
    assert len(json.loads(file.read_text())["answers"]) == len(written["answers"]) + 1


async def test_vectors_are_recorded(tmp_path: Path) -> None:
    file = tmp_path / "vectors.json"
    given = []
    for name in ("builtin", "hf:not/here"):  # the second is never asked
        with Recording(file, name, pooling="mean") as recording:
            async with FakeModel(kind="embedding", dimensions=192, embed=recording.embed) as model:
                given.append([round(float(number), 4) for number in await model.embed("Hello")])
    assert given[0] == given[1]
    assert len(file.read_text().splitlines()) < 10  # a vector is one line
    with Recording(file, "hf:not/here", mode="none") as recording:
        fake = FakeModel(kind="embedding", dimensions=192, embed=recording.embed)
        async with fake as model:
            with pytest.raises(errors.EngineRequestError, match="--llama-record=new"):
                await model.embed("Something else")
        assert fake.problems


def test_a_file_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(errors.InvalidOptionsError, match="no recording"):
        Recording(tmp_path / "a.json", "builtin", mode="none")
