"""Real engines in their sandbox: what the system shows of them, and what they report."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from msgspec.structs import replace

from llama_worker import LlamaWorker, Model
from llama_worker.engine.command import choose_engine
from llama_worker.engine.engine import Engine
from llama_worker.engine.sandbox.policy import policy_for
from llama_worker.engine.sandbox.priority import wanted_oom_score
from llama_worker.engine.settings import EngineSettings
from llama_worker.errors import ModelLoadError
from tests.engine.conftest import FakeEngine
from tests.engine.sandbox.conftest import landlock_abi, linux

pytestmark = linux
MEASURES = {"memory", "core dumps", "out of memory", "files", "network", "programs", "privileges"}
needs_landlock = pytest.mark.skipif(landlock_abi() == 0, reason="needs Landlock")


def status(pid: int | None, name: str) -> str:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line.partition(":")[2].strip() for line in lines if line.startswith(f"{name}:"))


def limit(pid: int | None, name: str) -> str:
    """The hard limit, as text."""
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    return next(line[len(name) :].split()[1] for line in lines if line.startswith(name))


def oom_score(pid: int | str | None) -> int:
    return int(Path(f"/proc/{pid}/oom_score_adj").read_text())


async def in_force(model: Model) -> set[str]:
    measures = (await model.runtime.engine()).sandbox.measures
    return {measure.name for measure in measures if measure.in_force}


@needs_landlock
async def test_a_loaded_engine_is_confined_and_the_program_is_not(random_model: Model) -> None:
    assert (status(random_model.pid, "NoNewPrivs"), status(random_model.pid, "Seccomp")) == ("1", "2")
    assert limit(random_model.pid, "Max core file size") == "1"
    assert oom_score(random_model.pid) == wanted_oom_score(oom_score("self"))
    settings = random_model.runtime.settings
    assert settings.memory_limit < int(limit(random_model.pid, "Max data size")) < 2 * settings.memory_limit
    assert await in_force(random_model) == MEASURES
    assert (status(os.getpid(), "NoNewPrivs"), status(os.getpid(), "Seccomp")) != ("1", "2")


async def test_one_option_switches_it_off(random_model_path: Path) -> None:
    async with LlamaWorker(sandbox=False) as worker:
        model = await worker.load_model(random_model_path)
        for name in ("NoNewPrivs", "Seccomp"):
            assert status(model.pid, name) == status(os.getpid(), name)
        for name in ("Max core file size", "Max data size"):
            assert limit(model.pid, name) == limit(os.getpid(), name)
        assert oom_score(model.pid) == oom_score("self")
        assert await in_force(model) == set()


async def test_a_limit_of_ones_own_holds_without_the_sandbox_and_none_is_none(random_model_path: Path) -> None:
    async with LlamaWorker(sandbox=False) as worker:
        model = await worker.load_model(random_model_path, memory_limit=3 << 30)
        assert 3 << 30 < int(limit(model.pid, "Max data size")) < 5 << 30
        assert await in_force(model) == {"memory"}
    async with LlamaWorker() as worker:
        model = await worker.load_model(random_model_path, memory_limit=0)
        assert limit(model.pid, "Max data size") == limit(os.getpid(), "Max data size")


async def test_a_model_that_does_not_fit_into_its_limit_is_refused(
    worker: LlamaWorker, random_model_path: Path
) -> None:
    with pytest.raises(ModelLoadError):
        await worker.load_model(
            random_model_path, memory_limit=1 << 20, context_size=65536, sequences=16, retry_smaller=False
        )


async def test_in_the_background_every_thread_gives_way(random_model_path: Path) -> None:
    async with LlamaWorker(politeness="background") as worker:
        model = await worker.load_model(random_model_path)
        assert (await model.complete("x", max_tokens=3)).usage.completion_tokens == 3
        for thread in psutil.Process(model.pid).threads():
            assert os.sched_getscheduler(thread.id) == os.SCHED_IDLE
            assert os.getpriority(os.PRIO_PROCESS, thread.id) == 19
        assert "priority" in await in_force(model)
    assert os.getpriority(os.PRIO_PROCESS, 0) < 19


@needs_landlock
async def test_a_foreign_engine_is_confined_too(fake_engine: FakeEngine, settings: EngineSettings) -> None:
    engine = await Engine.start(settings, fake_engine(""))
    assert (status(engine.pid, "NoNewPrivs"), status(engine.pid, "Seccomp")) == ("1", "2")
    assert [measure.name for measure in engine.sandbox.missing] == ["programs"], "it is a script"
    await engine.stop()


async def test_links_to_models_are_followed(worker: LlamaWorker, random_model_path: Path, tmp_path: Path) -> None:
    """As the Hugging Face cache has them."""
    link = tmp_path / "snapshots" / "model.gguf"
    link.parent.mkdir()
    link.symlink_to(random_model_path)
    model = await worker.load_model(link)
    assert (await model.complete("x", max_tokens=3)).usage.completion_tokens == 3


async def test_a_model_replaced_on_disk_is_read_by_the_next_engine(
    worker: LlamaWorker, random_model_path: Path, tmp_path: Path
) -> None:
    path, other = tmp_path / "model.gguf", tmp_path / "new.gguf"
    for copy in (path, other):
        copy.write_bytes(random_model_path.read_bytes())
    model = await worker.load_model(path)
    other.replace(path)
    psutil.Process(model.pid).kill()
    await (await model.runtime.engine()).wait_ended()
    assert (await model.complete("x", max_tokens=3)).usage.completion_tokens == 3


REFUSING = """
import sys, msgspec
from llama_worker.engine.sandbox import enter as entering
from llama_worker.engine.sandbox.files import Reach
from llama_worker.engine.sandbox.policy import SandboxPolicy
def refuse(*_, **__): raise OSError(38, "Function not implemented")
for name in sys.argv[2].split(","):
    setattr(entering, name, refuse)
report = entering.enter(msgspec.json.decode(sys.argv[1], type=SandboxPolicy), Reach())
print({measure.name: measure.text for measure in report.missing})
"""


@needs_landlock
@pytest.mark.parametrize(
    ("refused", "missing"),
    [
        ("restrict", {"files"}),
        ("refuse_calls", {"network", "programs"}),
        ("end_before_the_program,refuse_core_dumps,limit_memory", {"core dumps", "memory", "out of memory"}),
    ],
)
async def test_what_a_kernel_refuses_is_told_and_keeps_nothing_else_away(
    settings: EngineSettings, tmp_path: Path, refused: str, missing: set[str]
) -> None:
    from msgspec import json

    from llama_worker.engine.process.endpoint import Endpoint

    policy = policy_for(replace(settings, memory_limit=2 << 30), Endpoint(directory=str(tmp_path)))
    command = [sys.executable, "-c", REFUSING, json.encode(policy).decode(), refused]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
    found = eval(done.stdout)
    assert found.keys() == missing
    assert all("not implemented" in text for text in found.values())


@needs_landlock
async def test_what_is_missing_is_logged(
    fake_engine: FakeEngine, settings: EngineSettings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "llama_worker.engine")
    await (await Engine.start(settings, fake_engine(""))).stop()
    assert [line for line in caplog.messages if "not in force" in line and "programs" in line]


@needs_landlock
async def test_over_tcp_nothing_is_missing(settings: EngineSettings) -> None:
    engine = await Engine.start(settings, choose_engine("xllamacpp"), unix_socket=False)
    assert engine.sandbox.measures
    assert engine.sandbox.missing == ()
    await engine.request("/slots")
    await engine.stop()
