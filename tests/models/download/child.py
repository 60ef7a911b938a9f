"""Downloads in a process of their own, which tests kill."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Self

from llama_worker.models.store.store import ModelStore
from tests.models.download.hub_server import HubServer


class Child:
    """One downloading process."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, name: str, store: ModelStore) -> Self:
        """Start `pull_child`; it inherits the environment and with it the hub."""
        arguments = ["-m", "tests.models.download.pull_child", name, str(store.root), str(store.plain_folder)]
        return cls(await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=PIPE))

    async def until(self, hub: HubServer, sent_bytes: int) -> None:
        """Wait until the mirror has sent so many bytes, or the process has ended."""
        while hub.sent_bytes < sent_bytes and self._process.returncode is None:
            await asyncio.sleep(0.002)

    async def kill(self) -> bool:
        """SIGKILL; False when the process had finished before."""
        if self._process.returncode is not None:
            return False
        self._process.kill()
        await self._process.wait()
        return True

    async def path(self) -> Path:
        """Wait for the end, and return what was printed."""
        output, _ = await asyncio.wait_for(self._process.communicate(), 60)
        assert self._process.returncode == 0
        return Path(output.decode().strip())
