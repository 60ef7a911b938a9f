"""Whether to measure, what is kept of it, and what it changes."""

from __future__ import annotations

import asyncio
import time

from msgspec.structs import replace

from ...engine.command import EngineKind
from ...engine.defaults import LARGEST_BATCH
from ...engine.engine import Engine
from ...engine.machine import choose_batch_size, token_seconds
from ...engine.settings import EngineSettings
from ...errors import LlamaWorkerError
from ...loggers import ENGINE
from ...models.gguf.work import multiply_adds
from ..loading import LoadedFiles
from ..planning.batch import Speed
from . import store
from .key import calibration_key
from .measuring import Timed, time_reading

# A model that is so much faster than its largest batch asks for is not measured: nothing would be chosen otherwise.
CLEARLY_FASTER = 8
_LIMIT_SECONDS = 4.0
# What disturbs only makes it slower: the fastest of so many is near enough. It is measured again the next day.
_ATTEMPTS = 3
_DAY_SECONDS = 86400.0


def why_not(of: LoadedFiles, settings: EngineSettings) -> str:
    """Why it is not to be measured; empty when it is."""
    estimated = token_seconds(multiply_adds(of.header), settings.reading_threads)
    reasons = {
        "as asked for": not of.options.calibrate,
        "batch_size was given": of.options.batch_size is not None,
        "a text is embedded as a whole, in one batch": settings.pooling not in (None, "last"),
        "not measured with layers on a GPU": settings.likely_gpu_layers > 0,
        "not measured in the background": settings.politeness != "normal",
        "so small a model reads the largest batch in no time": choose_batch_size(estimated * CLEARLY_FASTER)
        == LARGEST_BATCH,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


async def known_speed(of: LoadedFiles, settings: EngineSettings, kind: EngineKind) -> Speed:
    """What was measured before, or why nothing is."""
    if reason := why_not(of, settings):
        return Speed(reason=reason)
    found = await asyncio.to_thread(_read, of, settings, kind)
    if found is None or not _is_usable(found) or (found.disturbed and time.time() > found.at + _DAY_SECONDS):
        return Speed()
    return Speed(found.token_seconds, settings.reading_threads, "measured when it was loaded before")


async def measured_speed(of: LoadedFiles, settings: EngineSettings, kind: EngineKind, engine: Engine) -> Speed:
    """Time an engine that nobody uses yet, and keep what was found.

    Raises nothing but what an abort raises; the engine may be dead afterwards.
    """
    began = time.monotonic()
    try:
        async with asyncio.timeout(_LIMIT_SECONDS):
            timed = await time_reading(engine)
    except TimeoutError:
        return Speed(reason=f"one batch took longer than {_LIMIT_SECONDS:g} s")
    except (LlamaWorkerError, OSError) as error:
        ENGINE.info("engine %d could not be measured: %s", engine.pid, type(error).__name__)
        return Speed(reason="the engine could not be measured")
    found = await asyncio.to_thread(_keep, of, settings, kind, timed)
    ENGINE.info("engine %d measured in %.1f s: %s", engine.pid, time.monotonic() - began, found)
    if not _is_usable(found):
        return Speed(reason="others computed while it was measured: it is measured again at the next load")
    return Speed(found.token_seconds, settings.reading_threads, "measured when it was loaded")


def _is_usable(found: store.Measurement) -> bool:
    return not found.disturbed or found.attempts >= _ATTEMPTS


def _read(of: LoadedFiles, settings: EngineSettings, kind: EngineKind) -> store.Measurement | None:
    try:
        return store.read(calibration_key(of.header, kind, settings))
    except OSError:
        return None


def _keep(of: LoadedFiles, settings: EngineSettings, kind: EngineKind, timed: Timed) -> store.Measurement:
    found = store.Measurement(timed.token_seconds, timed.disturbed, at=time.time())
    before = _read(of, settings, kind)
    if before and timed.disturbed:
        fastest = min(before.token_seconds, timed.token_seconds)
        found = replace(found, token_seconds=fastest, attempts=before.attempts + 1)
    try:
        store.write(calibration_key(of.header, kind, settings), found)
    except OSError as error:
        ENGINE.info("what was measured could not be kept: %s", error.strerror)
    return found
