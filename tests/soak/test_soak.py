"""A few seconds of the soak, and proof that what it looks for would be found. The whole of it is `make soak`."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec import json

from llama_worker import LlamaWorker
from tests.soak import checkpoints, steps
from tests.soak.checkpoints import MOST_GROWTH, grown, left_behind
from tests.soak.operations import OPERATIONS, Asked
from tests.soak.record import Checkpoint, new_record
from tests.soak.world import Known, World


def test_a_few_seconds_end_without_violations(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.soak", "--minutes", "0.1", "--results", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.decode((tmp_path / "summary.json").read_bytes())
    assert sum(sum(outcomes.values()) for outcomes in told["operations"].values()) > 20
    assert len(told["checkpoints"]) > 1
    assert not told["violations"]


async def raises(world: World, chance: random.Random) -> None:
    raise ValueError("on purpose")


async def hangs(world: World, chance: random.Random) -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("perform", [raises, hangs])
async def test_what_is_a_violation(worker: LlamaWorker, monkeypatch: pytest.MonkeyPatch, perform: Any) -> None:
    monkeypatch.setattr(steps, "LONGEST_SECONDS", 0.01)
    for name in list(OPERATIONS):
        monkeypatch.setitem(OPERATIONS, name, Asked(name, 1, perform))
    world = World("local", worker, {}, Path(), new_record(1))
    await steps.perform(world, 1, 7)
    (violation,) = world.record.violations
    assert violation.step == 7


async def test_steps_are_the_same_every_time(worker: LlamaWorker) -> None:
    world = World("local", worker, {}, Path(), new_record(1))
    first, again = ([steps.chosen(world, 5, number) for number in range(100)] for _ in range(2))
    assert [asked.name for asked, _ in first] == [asked.name for asked, _ in again]
    assert [chance.random() for _, chance in first] == [chance.random() for _, chance in again]


async def test_a_history_that_a_strict_template_refuses_is_told(worker: LlamaWorker, random_model_path: Path) -> None:
    session = await (await worker.load_model(random_model_path, sequences=1)).create_session()
    world = World("local", worker, {}, Path(), new_record(1))
    assert not world.check_history(Known(session))
    session.set_chat_history([{"role": "assistant", "content": "a"}, {"role": "assistant", "content": "b"}])
    assert "refuses" in world.check_history(Known(session))


async def test_a_process_that_is_left_is_told(
    worker: LlamaWorker, random_model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "LEAVING_SECONDS", 0.01)
    model = await worker.load_model(random_model_path, sequences=1)
    assert any(str(model.pid) in wrong for wrong in await left_behind([]))


def test_growth_is_told() -> None:
    first = Checkpoint(operations=1, memory=0, descriptors=5, threads=5, tasks=3)
    assert not grown([first, first, first])
    for more in ({"memory": 2 * MOST_GROWTH}, {"descriptors": 10}, {"threads": 50}, {"tasks": 4}):
        assert grown(
            [
                first,
                first,
                Checkpoint(**{"operations": 9, "memory": 0, "descriptors": 5, "threads": 5, "tasks": 3} | more),
            ]
        )
