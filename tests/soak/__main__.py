"""`python -m tests.soak --minutes 30 --seed 1`: everything at once, and faults. `--steps N` does step N alone."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console

from llama_worker import LlamaWorker
from llama_worker.ports import LlamaWorkerBridge, stdio_port

from .checkpoints import waiting
from .driver import Soak, again
from .http_world import HttpWorld
from .hub import Hub
from .record import Record, new_record, show, write
from .world import STALLS, World, write_models

RESULTS = Path("build/soak")


@click.command()
@click.option("--minutes", default=30.0, help="How long.")
@click.option("--seed", default=1, help="Another one makes other steps.")
@click.option("--steps", multiple=True, type=int, help="Do these steps again, one after the other.")
@click.option("--results", default=RESULTS, type=click.Path(path_type=Path), help="Folder of the summary.")
def main(minutes: float, seed: int, steps: tuple[int, ...], results: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="so") as name:
        began = time.monotonic()
        with _full_disk(Path(name)):
            record = asyncio.run(soak(Path(name), minutes * 60, seed, steps))
        write(record, (time.monotonic() - began) / 60, results)
    show(record, Console(width=200))
    sys.exit(bool(record.violations))


async def soak(folder: Path, seconds: float, seed: int, steps: tuple[int, ...] = ()) -> Record:
    """What came of it; nothing is left in `folder` but files."""
    record, hub = new_record(seed), Hub()
    _settle_in(folder)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, lambda: print(waiting(), file=sys.stderr, flush=True))
    await hub.start()
    os.environ["HF_ENDPOINT"] = hub.url
    models = write_models(folder)
    worker, bridge = LlamaWorker(**STALLS), LlamaWorkerBridge(stdio_port(environment=_elsewhere(folder)), **STALLS)  # type: ignore[arg-type]
    local, remote = World("local", worker, models, folder, record), World("bridge", bridge, models, folder, record)
    server = HttpWorld(models, folder, record)
    await server.start()
    try:
        if steps:
            await again(local, steps)
        else:
            pace = min(60.0, seconds / 4)
            run = Soak({local: 6, remote: 2, server: 2}, hub, record, [hub.pid, server.pid])
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, run.stop)
            await run.run(seconds, _tell, checkpoint_seconds=pace, fault_seconds=4.0)
    finally:
        for each in (worker, bridge):
            await each.cleanup()
        if left := await server.close():
            record.violate(0, "http", left)
        await hub.close()
    return record


@contextmanager
def _full_disk(folder: Path) -> Iterator[None]:
    """`full` in it is a file system without room where that may be mounted; else there is no such folder."""
    full = folder / "full"
    full.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", full], check=False, capture_output=True)
    if mounted.returncode:
        full.rmdir()
    try:
        yield
    finally:
        if not mounted.returncode:
            subprocess.run(["umount", full], check=True)


def _settle_in(folder: Path) -> None:
    """A temporary directory and a store of its own."""
    tempfile.tempdir = None
    for variable, name in (("TMPDIR", "t"), ("HF_HOME", "hub")):
        (folder / name).mkdir(exist_ok=True)
        os.environ[variable] = str(folder / name)


def _elsewhere(folder: Path) -> dict[str, str]:
    (folder / "b").mkdir(exist_ok=True)
    return dict(os.environ) | {"TMPDIR": str(folder / "b")}


def _tell(record: Record) -> None:
    at = record.checkpoints[-1]
    print(
        f"{record.total} operations, {record.faults.total()} faults, {len(record.violations)} violations, "
        f"{at.memory / 2**20:.0f} MiB",
        file=sys.stderr,
        flush=True,
    )


if __name__ == "__main__":
    main()
