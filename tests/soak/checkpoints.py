"""What must be true when everything was aborted, ended, and begun anew."""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import psutil
from huggingface_hub import close_session

from .record import Checkpoint, Record

SETTLING_SECONDS = 5.0
"""For connections that are about to end."""
LEAVING_SECONDS = 5.0
"""For processes that are about to end."""
MOST_GROWTH = 16 << 20
"""Of memory between those two checkpoints, in bytes: less than what a run's own counters and caches take."""


async def left_behind(others: Iterable[int]) -> list[str]:
    """After the end of everything: processes that are not those of others, and engines' directories."""
    known = set(others)
    mine = [child for child in psutil.Process().children() if child.pid not in known]
    await asyncio.to_thread(psutil.wait_procs, mine, timeout=LEAVING_SECONDS)
    wrong = [f"left behind: {child}" for child in psutil.Process().children() if child.pid not in known]
    return wrong + [f"left behind: {path.name}" for path in Path(tempfile.gettempdir()).glob("llama-worker-*")]


async def holding(record: Record) -> Checkpoint:
    """What the program holds when what is about to end has ended.

    The connection that huggingface_hub keeps for the next question to the hub is closed: it may be there or not.
    """
    close_session()
    gc.collect()
    before = [checkpoint.descriptors for checkpoint in record.checkpoints]
    deadline = time.monotonic() + SETTLING_SECONDS
    while before and psutil.Process().num_fds() > min(before) and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
    me = psutil.Process()
    return Checkpoint(record.total, me.memory_info().rss, me.num_fds(), me.num_threads(), len(asyncio.all_tasks()))


def grown(checkpoints: Sequence[Checkpoint]) -> list[str]:
    """What is more at the last checkpoint than after a quarter of them, when all that is kept for good is there."""
    if len(checkpoints) < 3:
        return []
    first, last = checkpoints[max(1, len(checkpoints) // 4)], checkpoints[-1]
    wrong = [name for name in ("descriptors", "tasks") if getattr(last, name) > getattr(first, name)]
    wrong += ["threads"] if last.threads > max(first.threads, 12) else []
    wrong += ["memory"] if last.memory > first.memory + MOST_GROWTH else []
    return [f"{name} grew from {getattr(first, name)} to {getattr(last, name)}" for name in wrong]


def opened() -> list[str]:
    """What the open descriptors lead to, where the system tells."""
    folder = Path("/proc/self/fd")
    links = [str(link.readlink()) for link in folder.iterdir() if link.is_symlink()] if folder.exists() else []
    connections = [f"{one.laddr} to {one.raddr} {one.status}" for one in psutil.Process().net_connections("all")]
    return sorted(links) + connections


def waiting() -> str:
    """What each task waits for, from the outside in."""
    return "; ".join(sorted(_waiting(task) for task in asyncio.all_tasks()))


def _waiting(task: asyncio.Task[object]) -> str:
    coroutine, places = task.get_coro(), []
    while frame := getattr(coroutine, "cr_frame", None):
        places.append(f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}")
        coroutine = coroutine.cr_await  # type: ignore[union-attr]
    return f"{task.get_name()} at {' > '.join(places)}"
