"""One model, as far as it takes memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from msgspec.structs import asdict

from ...engine.settings import EngineSettings
from ...engine.supervisor import EngineSupervisor
from ...models.memory.available import resident_memory
from ...models.memory.estimate import estimate
from ...options import ModelOptions
from ..loading import LoadedFiles
from ..planning.offload import in_main_memory
from ..planning.plan import plan_of

if TYPE_CHECKING:
    from ..runtime import ModelRuntime


class Resident:
    """Whether a model's engine may be ended while nobody uses the model, and what that would free.

    `keep`: never for another model's sake. `keep_alive`: seconds without use after which it is, None for never.
    `unload`, where it is given, takes the place of ending the engine alone; it says whether it did anything.
    """

    def __init__(self, of: LoadedFiles, supervisor: EngineSupervisor) -> None:
        self.of = of
        self.supervisor = supervisor
        self.keep_for(of.options)
        self.runtime: ModelRuntime | None = None
        self.unload: Callable[[], Awaitable[bool]] | None = None
        self.starting = False
        self.settling = False
        self.ending = False
        self.expiry: asyncio.TimerHandle | None = None
        self._needed: tuple[EngineSettings, int] | None = None

    def keep_for(self, options: ModelOptions) -> None:
        """The terms that these options say, or have where they say nothing."""
        self.keep_alive = options.keep_alive or None
        self.keep = options.keep if options.keep is not None else self.keep_alive is None

    @property
    def name(self) -> str:
        return self.supervisor.settings.alias

    @property
    def running(self) -> bool:
        return self.supervisor.current is not None

    @property
    def is_on_gpu(self) -> bool:
        engine = self.supervisor.current
        return bool(engine and engine.placement.gpu_layers)

    @property
    def idle(self) -> bool:
        return self.runtime is not None and self.runtime.idle

    @property
    def gone(self) -> bool:
        """Whether the model was unloaded and its engine has ended."""
        return self.runtime is not None and not self.runtime.loaded and not self.running

    @property
    def leaving(self) -> bool:
        """Whether its engine is being ended, by the worker or because the model is unloaded."""
        return self.ending or (self.runtime is not None and not self.runtime.loaded and self.running)

    @property
    def last_used(self) -> float:
        return self.runtime.usage.last_used if self.runtime else 0.0

    @property
    def evictable(self) -> bool:
        """Whether its memory may be taken now."""
        return self.may_leave and self.idle and not self.leaving

    @property
    def may_leave(self) -> bool:
        """Whether its memory may be taken, now or as soon as it is idle."""
        return not self.keep and self.running

    @property
    def taken_bytes(self) -> int:
        """Of main memory, by the estimate, which is what an engine takes when its contexts are full."""
        return self.needs(self.supervisor.settings) if self.running or self.starting else 0

    @property
    def mapped_bytes(self) -> int:
        """Of its file, which the system counts as free although the engine reads them for every token."""
        engine = self.supervisor.current
        memory = resident_memory(engine.pid) if engine else None
        return memory.mapped_bytes if memory else 0

    async def end_engine(self) -> bool:
        """End it, unless somebody has come meanwhile; whether it was ended for this."""
        if self.runtime is None or not self.idle:
            return False
        return await (self.unload() if self.unload else self.runtime.rest())

    def needs(self, settings: EngineSettings) -> int:
        """Bytes of main memory that an engine with these settings needs; 0 where nobody knows what a GPU will hold."""
        if self._needed is None or self._needed[0] != settings:
            self._needed = settings, self._estimated(settings)
        return self._needed[1]

    def _estimated(self, settings: EngineSettings) -> int:
        if not (self.of.devices.known or settings.gpu_layers == 0):
            return 0
        plan = in_main_memory(plan_of(asdict(settings)), self.of.devices)
        return estimate(self.of.header, **plan).required_bytes
