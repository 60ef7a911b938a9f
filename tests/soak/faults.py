"""What befalls a worker from outside while it works."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from llama_worker import LlamaWorker
from llama_worker.errors import LlamaWorkerError

from .hub import Hub
from .world import World

Fault = Callable[[World, random.Random], Awaitable[object]]


def _engine(world: World, chance: random.Random) -> int:
    """Of one of the models; 0 without any."""
    pids = world.engines()
    return chance.choice(pids) if pids else 0


def _killed(number: signal.Signals) -> Fault:
    async def kill(world: World, chance: random.Random) -> None:
        _send(_engine(world, chance), number)

    return kill


def _send(pid: int, number: signal.Signals) -> None:
    if pid:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


async def _stopped(world: World, chance: random.Random) -> None:
    """It stands still for a while."""
    pid = _engine(world, chance)
    _send(pid, signal.SIGSTOP)
    await asyncio.sleep(chance.uniform(0.01, 2.0))
    _send(pid, signal.SIGCONT)


async def _stopped_for_good(world: World, chance: random.Random) -> None:
    _send(_engine(world, chance), signal.SIGSTOP)


async def _file_gone(world: World, chance: random.Random) -> None:
    """A model's file is not there for a while, and its engine dies meanwhile."""
    path = world.path(chance)
    hidden = path.with_suffix(".hidden")
    with suppress(FileNotFoundError):
        path.rename(hidden)
        _send(_engine(world, chance), signal.SIGKILL)
        await asyncio.sleep(chance.uniform(0.05, 0.5))
        hidden.rename(path)


async def _files_of_engine_gone(world: World, chance: random.Random) -> None:
    """Its directory loses what is in it, as when somebody tidies up: whoever connects next finds nothing."""
    if not isinstance(world.worker, LlamaWorker) or not world.worker.models:
        return
    with suppress(LlamaWorkerError):
        engine = await chance.choice(world.worker.models).runtime.engine()
        for socket in Path(engine.directory).glob("*.sock"):
            socket.unlink(missing_ok=True)


FAULTS: dict[str, tuple[Fault, int]] = {
    "SIGKILL": (_killed(signal.SIGKILL), 8),
    "SIGSEGV": (_killed(signal.SIGSEGV), 4),
    "SIGABRT": (_killed(signal.SIGABRT), 2),
    "SIGTERM": (_killed(signal.SIGTERM), 2),
    "SIGSTOP, SIGCONT": (_stopped, 6),
    "SIGSTOP": (_stopped_for_good, 2),
    "model file gone": (_file_gone, 2),
    "socket gone": (_files_of_engine_gone, 1),
}


async def befall(world: World, hub: Hub, chance: random.Random) -> None:
    """One fault, counted by its name."""
    if chance.random() < 0.25:
        world.record.faults[hub.misbehave(chance)] += 1
        return
    (name,) = chance.choices(list(FAULTS), [weight for _, weight in FAULTS.values()])
    world.record.faults[name] += 1
    await FAULTS[name][0](world, chance)
