"""The time between the start of an engine process and its readiness."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import EngineNotFoundError
from ..loggers import ENGINE
from .command import EngineKind, process_environment
from .death import death_of, refusal_of
from .devices.placement import Placement
from .process.endpoint import Endpoint
from .process.findings import finding_in
from .process.process import EngineProcess
from .process.running import HostedKind, RunningEngine
from .sandbox.report import SandboxReport
from .settings import EngineSettings
from .states import LoadProgress, ModelMetadata, Ready, Rising, parse_state_line
from .threads.following import Following

# An engine may be ready before the last lines of its log are read.
_LOG_SECONDS = 2.0


class EngineStart:
    """Reads what the process prints until it is ready, refuses its model, ends or stalls."""

    def __init__(self, on_progress: Callable[[LoadProgress], None]) -> None:
        self._progress = Rising(on_progress)
        self._sign_of_life: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ready: asyncio.Future[ModelMetadata] = asyncio.get_running_loop().create_future()
        self.sandbox = SandboxReport()
        self.threads_follow = False

    def take_line(self, line: bytes) -> None:
        if not self._sign_of_life.done():
            self._sign_of_life.set_result(None)
        if report := finding_in(line, SandboxReport):
            self.sandbox = report
            for measure in report.missing:
                ENGINE.info("not in force in the engine: %s (%s)", measure.name, measure.text)
        elif following := finding_in(line, Following):
            self.threads_follow = following.follows
        state = parse_state_line(line)
        if isinstance(state, Ready) and not self._ready.done():
            self._ready.set_result(state.metadata)
        elif isinstance(state, LoadProgress):
            self._progress.report(state)

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


async def wait_until_ready(process: RunningEngine, start: EngineStart, model: str, stall: float) -> ModelMetadata:
    """What the engine says of its model.

    Raises `ModelLoadError` when it refuses the model, `EngineDiedError` when it dies of it or is silent for `stall`
    seconds; it is ended then.
    """
    try:
        metadata = await start.wait(process.ended, stall)
    except TimeoutError as error:
        await process.kill()
        silence = f"no progress for {stall:g} s; raise load_stall_timeout if the disk is this slow"
        raise death_of(process, model, "load", silence) from error
    if metadata is None:
        raise refusal_of(process, model)
    return metadata


async def placement_of(process: RunningEngine, settings: EngineSettings) -> Placement:
    """What of the model went where. An engine that may use a GPU says it while it loads; others say nothing."""
    if not settings.gpu:
        return process.placement.placement()
    placement = await asyncio.to_thread(process.placement.wait, _LOG_SECONDS)
    ENGINE.info("engine %d: %s", process.pid, placement)
    return placement


def spawn(
    settings: EngineSettings, kind: EngineKind, endpoint: Endpoint, on_line: Callable[[bytes], None]
) -> RunningEngine:
    """Start the process; whatever goes wrong here leaves no directory behind. Raises `EngineNotFoundError`."""
    try:
        if settings.chat_template and not kind.bundled:
            Path(endpoint.template_path).write_text(settings.chat_template, encoding="utf-8")
        if isinstance(kind, HostedKind):
            return kind.host(settings, endpoint, on_line)
        environment = process_environment(kind, settings, endpoint)
        told = kind.told(settings, endpoint)
        return EngineProcess(kind.arguments(settings, endpoint), environment, endpoint, on_line, told)
    except OSError as error:
        endpoint.remove()
        raise EngineNotFoundError(f"The engine {kind.name} cannot be started: {error}.") from error
    except BaseException:
        endpoint.remove()
        raise
