"""A sample of the torture, and proof that what it looks for would be found. The whole of it is `make torture`."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest
from msgspec import json, structs

from llama_worker import LlamaWorker
from llama_worker.errors import InvalidModelError, LlamaWorkerError
from tests.torture import attempt, subject
from tests.torture.attempt import judged
from tests.torture.corpus.recipes import recipes
from tests.torture.corpus.sound import sound_models
from tests.torture.report import Summary
from tests.torture.subject import Footprint, what_is_left
from tests.torture.subjects import MOST_GROWTH, leak


def test_the_corpus_is_large_and_the_same_every_time(tmp_path: Path) -> None:
    models = sound_models(tmp_path)
    corpus = recipes(models, seed=1)
    assert len(models) >= 10
    assert len(corpus) >= 1500
    assert len({recipe.name for recipe in corpus}) == len(corpus)
    for recipe, again in list(zip(corpus, recipes(models, seed=1), strict=True))[::97]:
        contents = []
        for folder, one in (("a", recipe), ("b", again)):
            (tmp_path / folder / one.name).mkdir(parents=True)
            contents.append(one.make(tmp_path / folder / one.name).read_bytes())
        assert contents[0] == contents[1], recipe.name


def test_a_sample_ends_without_violations(tmp_path: Path) -> None:
    """Model files, requests over every door, templates, session files and forms of answers."""
    command = [sys.executable, "-m", "tests.torture", "--sample", "15", "--jobs", "2", "--results", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.decode((tmp_path / "summary.json").read_bytes(), type=Summary)
    assert told.trials >= 15
    assert not told.violations


async def fails_untyped(worker: LlamaWorker, steps: list[str]) -> None:
    raise ValueError("on purpose")


async def fails_typed(worker: LlamaWorker, steps: list[str]) -> None:
    raise InvalidModelError("on purpose")


async def fails_wrapped(worker: LlamaWorker, steps: list[str]) -> None:
    raise LlamaWorkerError("ValueError: on purpose")


async def hangs(worker: LlamaWorker, steps: list[str]) -> None:
    await asyncio.Event().wait()


async def test_what_is_a_violation(worker: LlamaWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt, "LONGEST_SECONDS", 0.01)
    told = {
        use.__name__: await judged("a/b", worker, use) for use in (fails_untyped, fails_wrapped, hangs, fails_typed)
    }
    assert [bool(outcome.violation) for outcome in told.values()] == [True, True, True, False]
    assert told["hangs"].code == "hang"


async def test_what_is_left_behind_is_told(
    worker: LlamaWorker, random_model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {child.pid for child in psutil.Process().children(recursive=True)}  # of tests before this one
    with tempfile.TemporaryDirectory(prefix="tt") as folder:  # short enough for the path of a socket
        monkeypatch.setattr("tempfile.tempdir", folder)
        assert not await what_is_left(worker, before)
        monkeypatch.setattr(subject, "LEAVING_SECONDS", 0.01)
        model = await worker.load_model(random_model_path, sequences=1)
        told = await what_is_left(worker, before)
        assert str(model.pid) in told
        assert "llama-worker-" in told
        await model.unload()


def test_growth_is_told() -> None:
    warm = Footprint(memory=100, descriptors=5, threads=5, tasks=3)
    assert not leak(warm, structs.replace(warm, memory=200, threads=6))
    for more in ({"memory": 100 + 2 * MOST_GROWTH}, {"descriptors": 6}, {"threads": 50}, {"tasks": 4}):
        assert leak(warm, structs.replace(warm, **more))
