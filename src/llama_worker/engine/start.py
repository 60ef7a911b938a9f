"""The time between the start of an engine process and its readiness."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from .sandbox.report import SandboxReport, parse_report
from .states import LoadProgress, ModelMetadata, Ready, parse_state_line


class EngineStart:
    """Reads what the process prints until it is ready, refuses its model, ends or stalls."""

    def __init__(self, on_progress: Callable[[LoadProgress], None]) -> None:
        self._on_progress = on_progress
        self._sign_of_life: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ready: asyncio.Future[ModelMetadata] = asyncio.get_running_loop().create_future()
        self._value = 0.0
        self.sandbox = SandboxReport()

    def take_line(self, line: bytes) -> None:
        if not self._sign_of_life.done():
            self._sign_of_life.set_result(None)
        if report := parse_report(line):
            self.sandbox = report
        state = parse_state_line(line)
        if isinstance(state, Ready) and not self._ready.done():
            self._ready.set_result(state.metadata)
        elif isinstance(state, LoadProgress) and state.value > self._value:
            self._value = state.value
            self._on_progress(state)

    async def wait(self, ended: asyncio.Future[None], stall_timeout: float) -> ModelMetadata | None:
        """What the engine says of its model when it is ready; None when the process `ended` before that.

        Raises TimeoutError after so many seconds without a line.
        """
        while not self._ready.done():
            self._sign_of_life = asyncio.get_running_loop().create_future()
            waited: list[asyncio.Future[Any]] = [self._sign_of_life, ended, self._ready]
            done, _ = await asyncio.wait(waited, timeout=stall_timeout, return_when=asyncio.FIRST_COMPLETED)
            if ended in done:
                return None
            if not done:
                raise TimeoutError
        return self._ready.result()
