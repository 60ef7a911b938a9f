"""The governor over a real process, told what others do; and the real engine, whose threads follow their CPUs."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, Model
from llama_worker.engine.engine import Engine
from llama_worker.engine.threads.cpus import usable_cpus
from llama_worker.engine.threads.governor import Governor
from llama_worker.engine.threads.occupancy import Look
from tests.gguf_factory import write_gguf
from tests.native import NATIVE_SERVER

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(sys.platform != "linux" or len(usable_cpus()) < 2, reason="needs two CPUs that can be chosen"),
]
FIRST = min(usable_cpus())


class Machine:
    """Counts as a kernel would for a machine whose first CPU others take `busy` of; the engine itself does nothing."""

    def __init__(self) -> None:
        self.busy = 0.0
        self.looks = 0
        self._ticks = dict.fromkeys(usable_cpus(), (0, 0))

    def look(self, pid: int) -> Look:
        self.looks += 1
        for cpu, (busy, whole) in self._ticks.items():
            self._ticks[cpu] = (busy + round(100 * self.busy) * (cpu == FIRST), whole + 100)
        return Look(dict(self._ticks), {pid: (0, FIRST)})


@asynccontextmanager
async def idle_process() -> AsyncIterator[int]:
    process = await asyncio.create_subprocess_exec("sleep", "1000")
    try:
        yield process.pid
    finally:
        process.kill()
        await process.wait()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def governed(machine: Machine, threads: int = 2) -> AsyncIterator[tuple[Governor, int]]:
    async with idle_process() as pid:
        governor = Governor(pid, threads, look=machine.look)
        try:
            yield governor, pid
        finally:
            await governor.close()


async def test_a_busy_cpu_is_left_and_taken_again() -> None:
    machine = Machine()
    async with governed(machine) as (governor, pid):
        request = governor.request()
        await until(lambda: machine.looks > 2)
        assert governor.cpus == usable_cpus()
        machine.busy = 1.0
        await until(lambda: FIRST not in os.sched_getaffinity(pid))
        machine.busy = 0.0
        await until(lambda: os.sched_getaffinity(pid) == usable_cpus())
        request.end()


async def test_a_prompt_is_read_on_cpus_that_an_answer_does_without() -> None:
    machine = Machine()
    machine.busy = 0.4
    async with governed(machine, threads=len(usable_cpus())) as (governor, pid):
        request = governor.request()
        await until(lambda: machine.looks > 2)
        assert os.sched_getaffinity(pid) == usable_cpus()
        request.answers()
        assert FIRST not in os.sched_getaffinity(pid)
        request.end()


async def test_what_wavers_moves_nobody() -> None:
    machine = Machine()
    machine.busy = 0.15
    async with governed(machine) as (governor, _):
        request = governor.request()
        request.answers()
        await until(lambda: machine.looks > 2)
        kept = governor.cpus
        for look in range(2, 10):
            machine.busy = 0.05 if look % 2 else 0.18
            await until(lambda look=look: machine.looks > look)  # type: ignore[misc]
            assert governor.cpus == kept
        request.end()


async def test_the_same_number_of_threads_where_the_same_text_was_promised() -> None:
    machine = Machine()
    machine.busy = 1.0
    async with governed(machine) as (governor, pid):
        request = governor.request()
        await until(lambda: FIRST not in os.sched_getaffinity(pid))
        with governor.steady():
            assert os.sched_getaffinity(pid) == usable_cpus()
        assert FIRST not in os.sched_getaffinity(pid)
        request.end()


async def test_it_looks_only_while_somebody_asks() -> None:
    machine = Machine()
    async with governed(machine) as (governor, pid):
        assert machine.looks == 0
        governor.request().end()
        names = {f"threads of engine {pid}"}
        await until(lambda: not names & {task.get_name() for task in asyncio.all_tasks()})
        before = machine.looks
        governor.request().end()
        await until(lambda: machine.looks > before)


async def test_an_engine_that_is_gone_ends_it() -> None:
    async with idle_process() as pid:
        pass
    governor = Governor(pid, 2)
    request = governor.request()
    await until(lambda: not any(task.get_name() == f"threads of engine {pid}" for task in asyncio.all_tasks()))
    request.end()
    await governor.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker() -> AsyncIterator[LlamaWorker]:
    async with LlamaWorker() as worker:
        yield worker


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def large(worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Large enough for two threads."""
    path = tmp_path_factory.mktemp("large") / "large.gguf"
    write_gguf(path, embedding_length=512, head_count=8, block_count=4, feed_forward_length=1536, endless=True)
    return await worker.load_model(path, context_size=512)


async def computing_threads(model: Model, pid: int, least: int) -> int:
    """How many of the engine's threads compute answers: those that take a tenth of its time."""
    before, worked = Look.now(pid).threads, dict[int, int]()
    while sum(worked.values()) < least:
        await model.complete("ka", max_tokens=200, temperature=0)
        now = Look.now(pid).threads
        worked = {thread: ticks - before.get(thread, (0, 0))[0] for thread, (ticks, _) in now.items()}
    return sum(ticks > sum(worked.values()) / 10 for ticks in worked.values())


async def engine_of(model: Model) -> Engine:
    return await model.runtime._supervisor.engine()


async def threads_follow(model: Model) -> None:
    engine = await engine_of(model)
    if engine.governor is None:
        pytest.skip("the system does not let threads follow")
    engine.governor._set = lambda cpus, tasks: None  # type: ignore[method-assign]  # nobody but this test
    for cpus, threads in (({FIRST}, 1), (usable_cpus(), 2), ({FIRST}, 1)):
        for task in Path(f"/proc/{engine.pid}/task").iterdir():
            os.sched_setaffinity(int(task.name), cpus)
        assert await computing_threads(model, engine.pid, 30) == threads


async def test_the_engines_threads_follow_the_cpus_that_they_may_use(large: Model) -> None:
    await threads_follow(large)


@pytest.mark.native
async def test_those_of_a_compiled_llama_server_follow_too(large: Model) -> None:
    if not NATIVE_SERVER.exists():
        pytest.skip("no compiled llama-server: run `make native`")
    async with LlamaWorker(engine=str(NATIVE_SERVER)) as worker:
        model = await worker.load_model(large.info.path, context_size=512)
        assert (await engine_of(model)).governor
        await threads_follow(model)


async def test_whoever_names_a_number_gets_that_number(worker: LlamaWorker, large: Model) -> None:
    assert (await engine_of(large)).settings.fixed_threads is not None
    async with LlamaWorker(num_threads=2) as other:
        engine = await engine_of(await other.load_model(large.info.path, context_size=256))
        assert engine.governor is None
        assert engine.settings.threads == 2


async def test_a_small_model_has_one(worker: LlamaWorker) -> None:
    model = await worker.load_model("builtin")
    assert model.settings.threads == 1
