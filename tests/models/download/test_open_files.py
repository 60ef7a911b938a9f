"""A download that is given up, or meets a full disk, leaves no file open."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from pathlib import Path

import psutil
import pytest

from llama_worker.models.download import transfer
from llama_worker.models.download.partial import Partial
from llama_worker.models.store.journal import Journal


def journal() -> Journal:
    return Journal("a.gguf", "http://localhost/a.gguf", 64, 64)


def opened() -> int:
    return psutil.Process().num_fds()


async def test_cancelled_while_a_thread_opens_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_open = threading.Event(), threading.Event()
    original = Partial._prepare

    def slow(partial: Partial) -> None:
        begun.set()
        may_open.wait()
        original(partial)

    monkeypatch.setattr(Partial, "_prepare", slow)
    await asyncio.to_thread(lambda: None)  # whatever the first thread opens
    before = opened()
    opening = asyncio.create_task(transfer._opened(tmp_path / "a.gguf", journal()))
    await asyncio.to_thread(begun.wait)
    opening.cancel()
    await asyncio.sleep(0)
    may_open.set()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert opened() == before


@pytest.mark.parametrize("refused", [1, 2])
def test_a_disk_that_is_full_when_the_files_are_opened(
    refused: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, calls = os.ftruncate, 0

    def full(descriptor: int, length: int) -> None:
        nonlocal calls
        calls += 1
        if calls == refused:
            raise OSError(errno.ENOSPC, "no space left on device")
        original(descriptor, length)

    monkeypatch.setattr(os, "ftruncate", full)
    before = opened()
    with pytest.raises(OSError, match="no space"):
        Partial.open(tmp_path / "a.gguf", journal())
    assert opened() == before
