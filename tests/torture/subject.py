"""The program under torture: `python -m tests.torture.subject GOOD_MODEL` reads trials and tells what came of each.

One line of JSON for each in both directions. It is a process of its own, so that its death would be noticed.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

import psutil
from msgspec import Struct, json

from llama_worker import LlamaWorker
from llama_worker.errors import LlamaWorkerError

from .attempt import LOAD_STALL_SECONDS, LONGEST_SECONDS, RESPONSE_STALL_SECONDS, Loading, Outcome, file_use, judged
from .corpus.recipes import CHANGES

GOOD_EVERY = 20
LEAVING_SECONDS = 3.0
"""For processes that are about to end."""


class Trial(Struct):
    """A file and what befalls it; `path` is in the system's own bytes, as it may be no text."""

    name: str
    path: bytes
    moment: str = ""
    change: str = ""
    door: str = "model"


class Footprint(Struct):
    """What the program holds: bytes, and how many of each."""

    memory: int
    descriptors: int
    threads: int
    tasks: int


class Told(Struct):
    """The answer to one trial."""

    outcome: Outcome
    footprint: Footprint


def footprint() -> Footprint:
    me = psutil.Process()
    return Footprint(me.memory_info().rss, me.num_fds(), me.num_threads(), len(asyncio.all_tasks()))


async def serve(good: Path) -> None:
    options = {"load_stall_timeout": LOAD_STALL_SECONDS, "response_stall_timeout": RESPONSE_STALL_SECONDS}
    states = Path(tempfile.gettempdir()) / "states"  # a private directory would look like something left behind
    async with LlamaWorker(num_threads=1, state_cache=states, **options) as worker:  # type: ignore[arg-type]
        await still_good(worker, good)
        number = 0
        while line := await asyncio.to_thread(sys.stdin.buffer.readline):
            number += 1
            outcome = await tried(worker, good, json.decode(line, type=Trial))
            if number % GOOD_EVERY == 0 and not outcome.violation:
                outcome.violation = await still_good(worker, good)
            gc.collect()
            sys.stdout.buffer.write(json.encode(Told(outcome, footprint())) + b"\n")
            sys.stdout.buffer.flush()


async def tried(worker: LlamaWorker, good: Path, trial: Trial) -> Outcome:
    change = CHANGES.get(trial.change, lambda path: None)
    path = Path(os.fsdecode(trial.path))
    use = file_use(trial.door, path, good) if trial.door != "model" else Loading(path, trial.moment, change).use
    outcome = await judged(trial.name, worker, use)
    if not outcome.violation:
        outcome.violation = await what_is_left(worker)
    return outcome


async def what_is_left(worker: LlamaWorker, before: Collection[int] = ()) -> str:
    """Processes, directories and models that should be gone; those of `before` are not the worker's."""
    children = [child for child in psutil.Process().children(recursive=True) if child.pid not in before]
    if children:
        await asyncio.to_thread(psutil.wait_procs, children, timeout=LEAVING_SECONDS)
    orphans = [child.pid for child in psutil.Process().children(recursive=True) if child.pid not in before]
    directories = [path.name for path in Path(tempfile.gettempdir()).glob("llama-worker-*")]
    models = [model.name for model in worker.models]
    return "".join(f"left behind: {left} " for left in (orphans, directories, models) if left).strip()


async def still_good(worker: LlamaWorker, good: Path) -> str:
    """Why a sound model cannot be used any more; nothing when it can."""
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            model = await worker.load_model(good, context_size=128, sequences=1)
            reply = await model.complete("la li lo", max_tokens=4)
            await model.unload()
    except (LlamaWorkerError, TimeoutError) as error:
        return f"a sound model fails: {error!r}"
    return "" if reply.usage.completion_tokens else "a sound model says nothing"


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
