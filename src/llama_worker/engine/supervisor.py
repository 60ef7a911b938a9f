"""Keeps one engine available: starts it when it is needed, again when it died, but not for ever."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Literal

from ..ending import to_the_end
from ..errors import EngineDiedError, InsufficientMemoryError, ModelLoadError
from ..loggers import ENGINE
from .command import EngineKind
from .engine import Engine
from .settings import EngineSettings, Timeouts
from .shortage import Memory, differences
from .standstill import Standstill
from .states import LoadProgress, Rising
from .suspects import Suspects

# VS Code's rule for its extension host: three crashes in five minutes, then a person must decide.
_DEATHS, _WINDOW_SECONDS = 3, 300.0
_MOST_REDUCTIONS = 2


SupervisorState = Literal["stopped", "starting", "ready", "failed"]


class EngineSupervisor:
    """One model's engine over its deaths.

    `engine()` gives the living engine and starts one when there is none. After three deaths within five minutes that
    no request explains, it refuses with the last reason, until `forgive()`. A death while requests were served is put
    to their account (`suspects`), and the next engine must show that it can compute. No request is ever replayed.
    """

    def __init__(
        self,
        settings: EngineSettings,
        kind: EngineKind,
        *,
        timeouts: Timeouts | None = None,
        smaller: Callable[[EngineSettings, Memory], EngineSettings | None] = lambda *_: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = self.asked = settings
        self.kind = kind
        self.suspects = Suspects(clock)
        self._timeouts = timeouts or Timeouts()
        self._smaller = smaller
        self._reductions = 0
        self._reduced_for: set[int | None] = set()
        self._clock = clock
        self._lock = asyncio.Lock()
        self._engine: Engine | None = None
        self._starting = False
        self._deaths: deque[float] = deque(maxlen=_DEATHS)
        self._last_death: EngineDiedError | None = None
        self._died_serving = False
        self._watch: asyncio.Task[None] | None = None
        self.standstill = Standstill()
        self.admitted: Callable[[EngineSettings], AbstractAsyncContextManager[None]] = lambda _: nullcontext()
        """An engine starts inside such a block, which makes room for it."""
        self.on_death: Callable[[EngineDiedError], None] = lambda _: None
        self.on_reduced: Callable[[tuple[str, ...]], None] = lambda _: None

    @property
    def current(self) -> Engine | None:
        """The living engine, if there is one now."""
        return self._engine if self._engine and self._engine.alive else None

    @property
    def state(self) -> SupervisorState:
        """ "stopped" is one that the next `engine()` starts, "failed" one that died too often for that."""
        if self.current:
            return "ready"
        if self._starting:
            return "starting"
        return "failed" if self._died_too_often else "stopped"

    @property
    def last_death(self) -> EngineDiedError | None:
        """How the engine ended that died last, if any did since `forgive()`."""
        return self._last_death

    async def engine(self, on_progress: Callable[[LoadProgress], None] = lambda _: None) -> Engine:
        """The living engine; started if need be. Raises what `Engine.start` raises, and `EngineDiedError` after
        too many deaths."""
        await self.standstill.ended()
        async with self._lock:
            if engine := self.current:
                return engine
            await self._watched()  # a death that was just noticed is counted first
            self._check_deaths()
            if self._last_death:
                ENGINE.info("the engine of %s is started again", self.settings.model_path)
            self._starting = True
            try:
                async with self.admitted(self.settings):
                    self._engine = await self._start_smaller_if_need_be(on_progress)
            except EngineDiedError as error:
                self._count(error)
                raise
            finally:
                self._starting = False
            self._watch = asyncio.create_task(self._watch_for_death(self._engine))
            return self._engine

    async def _start_smaller_if_need_be(self, on_progress: Callable[[LoadProgress], None]) -> Engine:
        rising = Rising(on_progress)
        while True:
            try:
                return await self._start(rising.report)
            except (EngineDiedError, ModelLoadError) as error:
                if not self._reduce(error):
                    if error.out_of_memory and self._reductions:
                        raise InsufficientMemoryError(
                            f"{error.message} That was with less than was asked for ({', '.join(self.reductions)}): "
                            "free some memory, or take a smaller model or quantization.",
                            model=error.model,
                        ) from error
                    raise

    def _reduce(self, error: EngineDiedError | ModelLoadError) -> bool:
        """Whether the engine is to be tried with less, after one that ran out of memory."""
        if not error.out_of_memory or self._reductions == _MOST_REDUCTIONS:
            return False
        settings = self._smaller(self.settings, error.out_of_memory)
        if settings is None:
            return False
        self.settings = settings
        self._reductions += 1
        ENGINE.warning("out of memory; the engine goes on with less: %s", ", ".join(self.reductions))
        self.on_reduced(self.reductions)
        return True

    @property
    def reductions(self) -> tuple[str, ...]:
        """What was given up because the engine ran out of memory, such as "sequences: 4 to 2"."""
        return differences(self.asked, self.settings)

    async def reduced_after(self, death: EngineDiedError) -> bool:
        """Whether the next engine gets less for that death, so that what it cut may go on."""
        async with self._lock:
            await self._watched()
            return death.pid in self._reduced_for

    async def _start(self, on_progress: Callable[[LoadProgress], None]) -> Engine:
        engine = await Engine.start(
            self.settings, self.kind, on_progress=on_progress, timeouts=self._timeouts, suspects=self.suspects
        )
        if self._died_serving:
            try:
                await engine.probe()
            except BaseException:
                await to_the_end(engine.stop())
                raise
            self._died_serving = False
        return engine

    def forgive(self) -> None:
        """Forget all deaths, and what the requests had to do with them."""
        self._deaths.clear()
        self._last_death = None
        self.suspects.forgive()

    async def stop(self) -> None:
        """End the engine, if any; the next `engine()` waits for that and starts a new one.

        Being cancelled here does not keep the engine from ending.
        """
        await to_the_end(self._end())

    def abandon(self) -> None:
        """End the engine of an event loop that is gone, and expect nothing of that loop any more."""
        if self._engine:
            self._engine.end_now()
        self._engine = self._watch = None
        self._lock = asyncio.Lock()

    async def _end(self) -> None:
        async with self._lock:
            if self._engine:
                await self._engine.stop()
            await self._watched()
            self._engine = None

    async def reconfigure(self, settings: EngineSettings) -> None:
        """Use other settings from now on; a running engine with other settings is ended."""
        if settings != self.settings:
            await self.stop()
            self.settings = self.asked = settings
            self._reductions = 0

    async def _watched(self) -> None:
        """Wait for the watch over an ended engine. Shielded: whoever gives up waiting must not end the watch."""
        if self._watch:
            await asyncio.shield(self._watch)
            self._watch = None

    async def _watch_for_death(self, engine: Engine) -> None:
        await engine.wait_ended()
        if engine.stopping:
            return
        death, served = engine.death(), engine.served_at_death()
        if self._reduce(death):
            self._reduced_for.add(death.pid)
            self._died_serving = True
            self._tell(death)
        elif served:
            self.suspects.blame(served)
            self._died_serving = True
            self._tell(death)
        else:
            self._count(death)
        await engine.stop()
        self.on_death(death)

    def _count(self, death: EngineDiedError) -> None:
        self._deaths.append(self._clock())
        self._tell(death)

    def _tell(self, death: EngineDiedError) -> None:
        self._last_death = death
        ended = death.signal or f"exit code {death.exit_code}"
        # In its verbose log the engine writes down what it is asked, and the message may quote that log.
        cause = "its log is in the error" if self.settings.debug else death.message
        ENGINE.info("engine %s died (%s, phase %s): %s", death.pid, ended, death.phase, cause)

    @property
    def _died_too_often(self) -> bool:
        return len(self._deaths) == _DEATHS and self._clock() - self._deaths[0] < _WINDOW_SECONDS

    def _check_deaths(self) -> None:
        last = self._last_death
        if last and self._died_too_often:
            raise EngineDiedError(
                f"The engine died {_DEATHS} times in {_WINDOW_SECONDS / 60:.0f} minutes and is not started again "
                f"until the model is loaded again; the last time: {last.message}",
                phase="spawn",
                signal=last.signal,
                exit_code=last.exit_code,
                pid=last.pid,
                log_tail=last.log_tail,
                model=last.model,
            )
