"""Processes that keep cores busy."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import psutil
from benchmarks.measuring.busy import busy

_STARTS_ONE = """
import asyncio
from benchmarks.measuring.busy import busy

async def main():
    async with busy(1):
        print(flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_they_compute_inside_the_block_and_are_gone_after_it() -> None:
    async with busy(2):
        children = psutil.Process().children()
        assert len(children) == 2
        while any(child.cpu_times().user < 0.02 for child in children):
            await asyncio.sleep(0.01)
    assert not any(child.is_running() for child in children)


def test_they_end_with_whoever_started_them() -> None:
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", _STARTS_ONE], cwd=root, stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        starter.stdout.readline()
        (child,) = psutil.Process(starter.pid).children()
        starter.send_signal(signal.SIGKILL)
        child.wait(timeout=30)
