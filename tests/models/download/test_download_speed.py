"""Verified downloads are about as fast as curl, which verifies nothing."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from llama_worker.models.download.download import Downloader
from llama_worker.models.store.store import ModelStore
from tests.models.raw_gguf import noise, write

SIZE = 400_000_000
ROUNDS = 5

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Process]:
    write(tmp_path / "www" / "model.gguf", noise(SIZE))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.models.download.file_server", str(tmp_path / "www"), stdout=PIPE
    )
    yield process
    process.kill()
    await process.wait()


async def fastest(work: Callable[[], Awaitable[None]]) -> float:
    """Bytes per second of the best of some rounds."""
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        await work()
        seconds.append(time.perf_counter() - start)
    return SIZE / min(seconds)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_throughput_against_curl(server: Process, tmp_path: Path) -> None:
    assert server.stdout is not None
    url = f"http://127.0.0.1:{int(await server.stdout.readline())}/model.gguf"
    digest = hashlib.sha256((tmp_path / "www" / "model.gguf").read_bytes()).hexdigest()

    async def with_curl() -> None:
        process = await asyncio.create_subprocess_exec("curl", "-s", "-o", str(tmp_path / "curl.gguf"), url)
        assert await process.wait() == 0

    async def with_us() -> None:
        store = ModelStore(tmp_path / "hub", tmp_path / "plain")
        path = await Downloader(store).download(url, sha256=digest)
        path.unlink()

    async def with_us_unverified() -> None:
        store = ModelStore(tmp_path / "hub", tmp_path / "plain")
        path = await Downloader(store).download(url)
        path.unlink()

    curl, ours, unverified = [await fastest(work) for work in (with_curl, with_us, with_us_unverified)]
    print(f"curl {curl / 1e6:.0f} MB/s, ours {ours / 1e6:.0f} MB/s, unverified {unverified / 1e6:.0f} MB/s")
    assert ours > 0.5 * curl  # measured on an idle machine it is above 0.9; see docs/downloads.md
