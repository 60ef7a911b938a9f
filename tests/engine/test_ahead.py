"""A process that is started before its settings are known serves the first engine that wants it, or ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from llama_worker.engine.command import Xllamacpp
from llama_worker.engine.engine import Engine
from llama_worker.engine.process import ahead
from llama_worker.engine.process.ahead import started_ahead
from llama_worker.engine.settings import EngineSettings

from .test_orphans import wait_until_gone


def settings(path: Path, threads: int = 1) -> EngineSettings:
    return EngineSettings(model_path=str(path), context_size=256, sequences=1, batch_size=32, threads=threads)


def waiting() -> list[psutil.Process]:
    return [psutil.Process(one.keeper.pid) for one in ahead._waiting]


async def test_it_serves_the_first_engine_that_is_started_like_it(random_model_path: Path) -> None:
    with started_ahead():
        (process,) = waiting()
        engine = await Engine.start(settings(random_model_path), Xllamacpp())
        try:
            assert engine.pid == process.pid
            assert not waiting()
        finally:
            await engine.stop()


async def test_it_is_ended_when_nobody_wants_it(random_model_path: Path) -> None:
    """Threads that were asked for do not follow, which a process must know before it begins."""
    with started_ahead():
        (process,) = waiting()
        engine = await Engine.start(settings(random_model_path, threads=2), Xllamacpp())
        assert engine.pid != process.pid
        await engine.stop()
    wait_until_gone([process])


def test_a_second_one_is_not_started_beside_it() -> None:
    with started_ahead(), started_ahead():
        (process,) = waiting()
    wait_until_gone([process])


def test_it_ends_with_a_program_that_is_killed() -> None:
    code = (
        "from llama_worker.engine.process import ahead\n"
        "with ahead.started_ahead():\n"
        "    print(ahead._waiting[0].keeper.pid, flush=True)\n"
        "    input()\n"
    )
    program = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert program.stdout
    assert program.stdin
    with program.stdout, program.stdin:
        process = psutil.Process(int(program.stdout.readline()))
        program.kill()
        program.wait()
        wait_until_gone([process])


REFUSED = """
import asyncio, psutil
from llama_worker import LlamaWorker, errors
assert not psutil.Process().children(), "an import starts nothing"
async def main():
    async with LlamaWorker() as worker:
        assert not psutil.Process().children(), "nor does a worker"
        load = worker.load_model("nowhere.gguf")
        started = []
        while not load.finished:
            started += psutil.Process().children()
            await asyncio.sleep(0)
        try:
            await load
        except errors.ModelNotFoundError:
            pass
        print(*{process.pid for process in started}, flush=True)
        input()
asyncio.run(main())
"""


def test_a_load_that_is_refused_leaves_no_process() -> None:
    program = subprocess.Popen([sys.executable, "-c", REFUSED], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert program.stdout
    assert program.stdin
    with program.stdout, program.stdin:
        pids = [int(pid) for pid in program.stdout.readline().split()]
        assert pids, "the first load starts one"
        wait_until_gone([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)])
        program.stdin.write(b"\n")
        program.stdin.flush()
        assert program.wait(20) == 0


@pytest.mark.parametrize("arguments", [["run"], ["run", "builtin", "--engine", "x"], ["serve"], ["run", "-h"], []])
def test_the_command_line_starts_none_where_none_is_wanted(arguments: list[str]) -> None:
    from llama_worker.cli.starting.early import wants_engine

    assert not wants_engine(arguments, {})
    assert not wants_engine(["run", "builtin"], {"LLAMA_WORKER_ENGINE": "/bin/llama-server"})
    assert wants_engine(["run", "builtin"], {"LLAMA_WORKER_ENGINE": "auto"})
