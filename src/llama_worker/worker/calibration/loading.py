"""A load that knows how fast its model reads: from an earlier one, or as it measures it itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from msgspec.structs import replace

from ...engine.command import EngineKind
from ...engine.settings import EngineSettings
from ...engine.states import LoadProgress
from ...engine.supervisor import EngineSupervisor
from ...errors import LlamaWorkerError
from ...loggers import ENGINE
from ...messages.events import Progress
from ..loading import LoadedFiles, engine_settings, progress_event
from .calibration import known_speed, measured_speed, why_not

_STAGE = "calibration"
# An engine that was loaded so fast is started again for a better batch; others have it from the next load on.
_SHORT_LOAD_SECONDS = 2.0


async def with_known_speed(
    of: LoadedFiles, settings: EngineSettings, kind: EngineKind
) -> tuple[LoadedFiles, EngineSettings]:
    """The same with what was measured before, if it was."""
    known = replace(of, speed=await known_speed(of, settings, kind))
    return known, await asyncio.to_thread(engine_settings, known, None)


async def started_and_measured(
    of: LoadedFiles, supervisor: EngineSupervisor, report: Callable[[Progress], object]
) -> LoadedFiles:
    """Start the engine, and measure it where that was not done before. Raises what starting an engine raises; what goes
    wrong while measuring is no reason for a load to fail."""

    def tell(progress: LoadProgress) -> None:
        report(progress_event(progress))

    began = time.monotonic()
    await supervisor.engine(tell)
    if of.speed.token_seconds or supervisor.reductions or why_not(of, supervisor.settings):
        return of
    again = time.monotonic() - began <= _SHORT_LOAD_SECONDS
    report(Progress(1.0, _STAGE))
    try:
        measured = await _measured(of, supervisor)
        await _adapt(measured, supervisor, again)
        await supervisor.engine(tell)
    except BaseException:
        await supervisor.stop()
        raise
    return measured


async def _measured(of: LoadedFiles, supervisor: EngineSupervisor) -> LoadedFiles:
    engine = supervisor.current
    if engine is None:
        return of
    return replace(of, speed=await measured_speed(of, supervisor.settings, supervisor.kind, engine))


async def _adapt(of: LoadedFiles, supervisor: EngineSupervisor, again: bool) -> None:
    """Let the engine go on, or with another batch."""
    before, better = supervisor.settings, await asyncio.to_thread(engine_settings, of, None)
    words = {"reasons": better.reasons, "token_seconds": better.token_seconds}
    if replace(before, **words) == better:
        supervisor.settings = supervisor.asked = better
    elif again:
        await supervisor.reconfigure(better)
        try:
            await supervisor.engine()
        except LlamaWorkerError as error:
            ENGINE.info("the engine did not start with another batch: %s", type(error).__name__)
            await supervisor.reconfigure(before)
