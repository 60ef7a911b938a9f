"""A server in a process of its own, spoken to over HTTP by clients that come and go."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from msgspec import json

from llama_worker import LlamaWorker
from tests.http.server import Address, RawClient, Response, fetch

from .checkpoints import SETTLING_SECONDS
from .record import Record
from .world import Models, World

_GRACE_SECONDS = 30.0
_MOST_DESCRIPTORS = 4
"""More than at the second checkpoint: connections that the server has not noticed yet to be gone."""


class HttpWorld(World):
    """What `llama-worker serve` runs, with the models of a soak."""

    def __init__(self, models: Models, folder: Path, record: Record) -> None:
        super().__init__("http", LlamaWorker(), models, folder, record)
        self._process: asyncio.subprocess.Process | None = None
        self._held: list[int] = []
        self.address = Address(0)

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    async def start(self) -> None:
        (self.folder / "h").mkdir()
        arguments = ("-m", "tests.soak.server", *(f"{name}={path}" for name, path in self.models.items()))
        environment = os.environ | {"TMPDIR": str(self.folder / "h")}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, stdout=asyncio.subprocess.PIPE, env=environment, start_new_session=True
        )
        assert self._process.stdout
        self.address = Address(int(await self._process.stdout.readline()))

    def engines(self) -> list[int]:
        with suppress(psutil.NoSuchProcess):
            return [child.pid for child in psutil.Process(self.pid).children()]
        return []

    async def ask(self, method: str, path: str, body: Any = None) -> Response:
        return await fetch(self.address, method, path, body)

    async def client(self) -> RawClient:
        return await RawClient.connect(self.address)

    async def idle(self) -> list[str]:
        """All clients have left by now."""
        assert self._process
        ended = self._process.returncode
        return [] if ended is None else [f"the server ended with {ended}"]

    async def end(self) -> list[str]:
        """Of its models; none of their engines may be left, and the server holds about as much as before."""
        for model in json.decode((await self.ask("GET", "/models/status")).body)["models"]:
            await self.ask("POST", "/models/unload", {"model": model["id"]})
        wrong = [f"left behind by the server: {pid}" for pid in await self._engines_left()]
        self._held.append(await self._descriptors(self._held[1] if self._held[1:] else 0))
        if len(self._held) > 2 and self._held[-1] > self._held[1] + _MOST_DESCRIPTORS:
            wrong.append(f"the server's descriptors grew: {self._held}")
        return wrong

    async def _engines_left(self) -> list[int]:
        """Those that do not end by themselves, as the engine of an aborted load does."""
        engines = psutil.Process(self.pid).children()
        await asyncio.to_thread(psutil.wait_procs, engines, timeout=SETTLING_SECONDS)
        return self.engines()

    async def _descriptors(self, wanted: int) -> int:
        """How many it has open when connections that are about to end have ended."""
        deadline = time.monotonic() + SETTLING_SECONDS
        server = psutil.Process(self.pid)
        while wanted and server.num_fds() > wanted and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        return server.num_fds()

    async def begin(self) -> None:
        """It is as it was."""

    async def close(self) -> str:
        assert self._process
        if self._process.returncode is None:
            self._process.terminate()
            await asyncio.wait_for(self._process.communicate(), _GRACE_SECONDS)
        left = list((self.folder / "h").glob("llama-worker-*"))
        return f"the server left behind {left}" if left else ""
