"""The first load of a model measures how fast it reads, later ones know it, and no load fails for it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from llama_worker import LlamaWorker
from llama_worker.engine.engine import Engine
from llama_worker.errors import OperationAborted
from llama_worker.worker.calibration import measuring
from llama_worker.worker.calibration.measuring import Timed

ROOM = "llama_worker.worker.calibration"
LATER = 4e9
MEASURED, KNOWN = "measured when it was loaded", "measured when it was loaded before"


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where it is kept. The small models of tests are large enough, and the machine counts as quiet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(f"{ROOM}.calibration.CLEARLY_FASTER", float("inf"))
    monkeypatch.setattr(f"{ROOM}.measuring.QUIET_SHARE", 0.0)
    return tmp_path / "cache" / "llama-worker" / "calibration"


async def reason(worker: LlamaWorker, path: Path, *, calibrate: bool = True) -> str:
    return (await worker.load_model(path, calibrate=calibrate)).settings.reasons["calibrate"]


async def test_a_copy_of_a_model_that_was_measured_is_known(
    worker: LlamaWorker, random_model_path: Path, kept: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copy(random_model_path, tmp_path / "copy.gguf"))
    assert await reason(worker, random_model_path) == MEASURED
    assert await reason(worker, copy) == KNOWN
    [file] = kept.iterdir()
    assert "measured on this machine" in worker.models[-1].settings.reasons["batch_size"]
    file.write_bytes(b"{")
    assert await reason(worker, copy) == MEASURED
    assert [file.name] == [path.name for path in kept.iterdir()]
    assert await reason(worker, copy) == KNOWN


async def test_it_can_be_switched_off(worker: LlamaWorker, random_model_path: Path, kept: Path) -> None:
    assert await reason(worker, random_model_path, calibrate=False) == "as asked for"
    assert not kept.exists()


async def test_a_busy_machine_is_measured_again_but_not_for_ever(
    worker: LlamaWorker, random_model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{ROOM}.measuring.QUIET_SHARE", 1000.0)
    for _ in range(2):
        assert "others computed" in await reason(worker, random_model_path)
        assert "by the model's size" in worker.models[-1].settings.reasons["batch_size"]
    assert await reason(worker, random_model_path) == MEASURED
    assert await reason(worker, random_model_path) == KNOWN
    monkeypatch.setattr(f"{ROOM}.measuring.QUIET_SHARE", 0.0)
    monkeypatch.setattr(time, "time", lambda: LATER)
    assert await reason(worker, random_model_path) == MEASURED
    monkeypatch.setattr(time, "time", lambda: 2 * LATER)
    assert await reason(worker, random_model_path) == KNOWN


async def test_a_slow_machine_gets_a_smaller_batch_at_once(
    worker: LlamaWorker, random_model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slowly(engine: Engine) -> Timed:
        await measuring.time_reading(engine)
        return Timed(0.007, disturbed=False)

    monkeypatch.setattr(f"{ROOM}.calibration.time_reading", slowly)
    model = await worker.load_model(random_model_path)
    assert model.settings.batch_size == 64
    assert "0.45 s as was measured" in model.settings.reasons["batch_size"]
    assert (await model.runtime.engine()).settings.batch_size == 64
    before = model.pid
    await worker.create_context()
    assert model.pid == before


async def test_an_engine_that_cannot_be_measured_is_used_as_it_is(
    worker: LlamaWorker, random_model_path: Path, monkeypatch: pytest.MonkeyPatch, kept: Path
) -> None:
    async def dying(engine: Engine) -> Timed:
        os.kill(engine.pid, signal.SIGKILL)
        return await measuring.time_reading(engine)

    monkeypatch.setattr(f"{ROOM}.calibration.time_reading", dying)
    model = await worker.load_model(random_model_path)
    assert model.settings.reasons["calibrate"] == "the engine could not be measured"
    assert (await model.complete("a", max_tokens=1)).usage.completion_tokens == 1
    assert not kept.exists()


async def test_where_nothing_can_be_kept_a_load_goes_on(
    worker: LlamaWorker, random_model_path: Path, kept: Path
) -> None:
    kept.parent.mkdir(parents=True)
    kept.touch()
    assert await reason(worker, random_model_path) == MEASURED
    assert await reason(worker, random_model_path) == MEASURED


@pytest.mark.parametrize("end", ["abort", "cleanup"])
async def test_a_load_can_be_ended_while_it_measures(
    worker: LlamaWorker, random_model_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    measured = asyncio.get_running_loop().create_future()

    async def never(engine: Engine) -> Timed:
        measured.set_result(engine)
        return await asyncio.Event().wait() and Timed(1.0, disturbed=False)

    monkeypatch.setattr(f"{ROOM}.calibration.time_reading", never)
    load = worker.load_model(random_model_path)
    engine: Engine = await measured
    await worker.cleanup() if end == "cleanup" else load.abort()
    with pytest.raises(OperationAborted):
        await load
    assert engine.stopping
    assert engine.ended.done()
    assert not worker.models
