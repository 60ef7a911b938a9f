"""Each contestant that is installed keeps the contract of `benchmarks.contestants`."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from benchmarks.comparisons.starting import LIBRARIES, first_token_of
from benchmarks.contestants.environments import REPOSITORY
from benchmarks.contestants.process import ContestantError, ContestantProcess, environment, running
from benchmarks.contestants.table import CONTESTANTS

from llama_worker.models.store.files import builtin_path
from tests.gguf_factory import write_gguf

IN_THIS_ENVIRONMENT = ("ours", "bare")
STARTING = (*IN_THIS_ENVIRONMENT, *LIBRARIES)
PROMPT = "Hello there! What is llama-worker, and what can it do for a program?"


def params() -> list[object]:
    slow = pytest.mark.slow
    return [pytest.param(name, marks=[] if name in IN_THIS_ENVIRONMENT else slow) for name in CONTESTANTS]


@pytest_asyncio.fixture(params=params())
async def contestant(request: pytest.FixtureRequest) -> AsyncIterator[ContestantProcess]:
    if missing := CONTESTANTS[request.param].missing:
        pytest.skip(missing)
    async with running(request.param) as process:
        yield process


@pytest.fixture(scope="module")
def endless_model_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its text is letters, so that each token is seen, and never ends by itself."""
    return write_gguf(tmp_path_factory.mktemp("models") / "endless.gguf", plain_text=True, endless=True)


async def test_a_contestant_keeps_the_contract(contestant: ContestantProcess, endless_model_path: Path) -> None:
    loaded = await contestant.ask("load", model=str(endless_model_path), threads=1, context=512, sequences=2)
    assert loaded["seconds"] > 0
    assert loaded["versions"]
    assert loaded["settings"]["threads"] == 1

    first = await contestant.ask("answer", prompt=PROMPT, tokens=12, cached=False)
    assert 0 < first["firstByte"] <= first["firstToken"] < first["total"]
    assert first["tokens"] == 12
    assert first["promptTokens"] > 8
    again = await contestant.ask("answer", prompt=PROMPT, tokens=12, cached=False)
    assert again["cachedTokens"] in (0, None)
    cached = await contestant.ask("answer", prompt=PROMPT, tokens=12, cached=True)
    assert cached["promptTokens"] == first["promptTokens"]
    assert cached["cachedTokens"] is None or cached["cachedTokens"] > 0

    chats = await contestant.ask("chats", prompts=["Hello!", "Hi!"], tokens=5)
    assert [chat["tokens"] for chat in chats["each"]] == [5, 5]
    assert chats["total"] >= max(chat["total"] for chat in chats["each"])

    with pytest.raises(ContestantError, match=contestant.name):
        await contestant.ask("dance")
    await contestant.ask("answer", prompt="Hello", tokens=1, cached=True)


@pytest.mark.slow
async def test_a_contestant_embeds(contestant: ContestantProcess, endless_model_path: Path) -> None:
    await contestant.ask("load", model=str(endless_model_path), threads=1, context=512, sequences=2, embeddings=True)
    assert (await contestant.ask("embed", texts=["a text", "another one"]))["total"] > 0


async def test_one_that_is_silent_is_ended(endless_model_path: Path) -> None:
    async with running("bare") as silent:
        with pytest.raises(ContestantError, match="did not answer load within 0 s"):
            await silent.ask("load", limit=0.0, model=str(endless_model_path))
        with pytest.raises(ContestantError, match="bare ended during dance"):
            await silent.ask("dance")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in IN_THIS_ENVIRONMENT else pytest.mark.slow) for name in STARTING]
)
async def test_a_program_of_a_few_lines_shows_its_first_token(name: str) -> None:
    if missing := CONTESTANTS[name].missing:
        pytest.skip(missing)
    command = first_token_of(name, str(builtin_path()))
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, cwd=REPOSITORY, env=environment())
    assert done.returncode == 0, done.stderr
    assert done.stdout
