"""What is free for another engine, and the memory of the machine in place of a budget."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from llama_worker import LlamaWorker, Model
from llama_worker.models.memory.available import AvailableMemory
from llama_worker.worker.residency import residency
from llama_worker.worker.residency.free_memory import free_memory
from llama_worker.worker.residency.resident import Resident

MACHINE = AvailableMemory(1000, 2000)


def taking(taken: int, *, mapped: int = 0, starting: bool = False, leaving: bool = False) -> Resident:
    told = {"taken_bytes": taken, "mapped_bytes": mapped, "starting": starting, "leaving": leaving, "settling": False}
    return cast("Resident", SimpleNamespace(**told))


def test_engines_that_start_have_not_taken_yet_what_they_will_take() -> None:
    free = free_memory(None, MACHINE, [taking(300, starting=True), taking(200)])
    assert (free.bytes, free.in_motion, free.of_budget) == (700, 300, None)


def test_engines_that_are_being_ended_will_leave_something() -> None:
    free = free_memory(None, MACHINE, [taking(300, leaving=True)])
    assert (free.bytes, free.in_motion, free.without([])) == (1000, 300, 1300)


def test_mapped_files_count_as_taken_unless_a_control_group_counts_them() -> None:
    assert free_memory(None, MACHINE, [taking(400, mapped=250)]).bytes == 750
    group = AvailableMemory(1000, 2000, "control group")
    assert free_memory(None, group, [taking(400, mapped=250)]).bytes == 1000


def test_a_budget_is_less_by_what_the_others_take() -> None:
    others = [taking(300), taking(100, starting=True)]
    free = free_memory(600, MACHINE, others)
    assert (free.of_budget, free.bytes) == (200, 200)
    assert free.without(others[:1]) == 200 + 300 + 100
    assert free_memory(5000, MACHINE, others).bytes == 900


async def test_without_a_budget_the_machine_decides(
    worker: LlamaWorker, random_model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small: dict[str, Any] = {"context_size": 256, "sequences": 1, "prompt_cache_bytes": 0, "use_mmap": False}
    needed = (await worker.estimate(random_model_path, **small)).required_bytes

    def available() -> AvailableMemory:
        running = sum(model.pid is not None for model in worker.models)
        return AvailableMemory(needed * 5 // 2 - running * needed + (needed // 4), needed * 4)

    monkeypatch.setattr(residency, "available_memory", available)
    models = []
    for name in ("a", "b", "c"):
        path = shutil.copy(random_model_path, tmp_path / f"{name}.gguf")
        models.append(await worker.load_model(path, **small, keep=False))
    assert [model.pid is not None for model in models] == [False, True, True]


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.01)


async def test_who_waits_looks_again_when_a_model_is_unloaded_or_an_engine_dies(
    worker: LlamaWorker, random_model_path: Path, tmp_path: Path
) -> None:
    async def after(change: Callable[[Model], Any]) -> None:
        model = await worker.load_model(random_model_path, context_size=256, sequences=1)
        waiting = asyncio.create_task(worker.residency.changes.wait(worker.residency.changes.count))
        await asyncio.sleep(0)
        assert not waiting.done()
        if found := change(model):
            await found
        await waiting

    await after(lambda model: model.unload())
    await after(lambda model: os.kill(model.pid or 0, signal.SIGKILL))
    assert worker.residency.of(worker.models[0].runtime)
    await worker.models[0].unload()
    await until(lambda: worker.residency.changes.waiting == 0)
