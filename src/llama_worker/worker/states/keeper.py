"""Keeps what a model's engines have computed, and brings it back when a prompt goes on from it."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec import MsgspecError

from ...ending import to_the_end
from ...engine.api.endpoints import restore_slot, save_slot, slots, work_done
from ...engine.engine import Engine
from ...engine.settings import EngineSettings
from ...engine.supervisor import EngineSupervisor
from ...errors import EngineDiedError, LlamaWorkerError
from ...loggers import MODELS
from ..loading import LoadedFiles
from .engine_memory import EngineMemory
from .key import compute_alike, state_key
from .opening import NO_STATES
from .prompt_tokens import prompt_tokens
from .size import bytes_per_token
from .state_file import holds_media, packed
from .store import StateStore, StoredState

_IDLE_SECONDS = 0.5
# How long the end of an engine may wait for an answer about its slots, and for all of them to be kept.
_LOOK_SECONDS, _LAST_SECONDS = 1.0, 5.0
# What may go wrong without any harm: what is not kept is read again.
_HARMLESS = (LlamaWorkerError, OSError, MsgspecError, ValueError)


class StateKeeper:
    """One for each loaded model. `idle` tells whether the engine serves nobody."""

    def __init__(
        self, store: StateStore, supervisor: EngineSupervisor, loaded: LoadedFiles, idle: Callable[[], bool]
    ) -> None:
        self._store = NO_STATES if supervisor.settings.mixes_states else store
        self._supervisor = supervisor
        self._loaded = loaded
        self._idle = idle
        self._engine: Engine | None = None
        self._memory: EngineMemory | None = None
        self._key = ""
        self._key_of: EngineSettings | None = None
        self._lock = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._saving: asyncio.Task[None] | None = None
        self._unseen = False

    @asynccontextmanager
    async def prepared(self, engine: Engine, path: str, body: Mapping[str, Any]) -> AsyncIterator[Engine]:
        """Let the engine have what is kept of a request's prompt; gives the engine to ask in the block, which is
        another one when this one died of it."""
        if not self._store.takes:
            yield engine
            return
        self._stop_timer()
        if body.get("cache_prompt") is not False:
            engine = await self._prepare(engine, path, body)
        try:
            yield engine
        finally:
            self._used(engine)

    async def _prepare(self, engine: Engine, path: str, body: Mapping[str, Any]) -> Engine:
        try:
            await self._meet(engine)
            if self._memory and self._memory.lacks_some and body.get("cache_prompt") is not False:
                await self._bring_back(engine, self._memory, path, body)
        except EngineDiedError:
            engine = await self._supervisor.engine()
            with contextlib.suppress(*_HARMLESS):
                await self._meet(engine)
        except _HARMLESS as error:
            MODELS.debug("nothing brought back: %s", type(error).__name__)
        return engine

    def _used(self, engine: Engine) -> None:
        if engine is self._engine and self._memory and engine.alive:
            self._memory.trial.clear()
            self._unseen = True
            self._stop_timer()
            self._timer = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._begin_saving)

    async def farewell(self, engine: Engine | None, settings: EngineSettings | None = None) -> None:
        """Keep what is not kept yet of an engine that is about to be ended, in bounded time; unless the next one will
        have `settings` with which that is of no use."""
        self._stop_timer()
        if not self._store.takes or (engine and settings and not compute_alike(engine.settings, settings)):
            return
        with contextlib.suppress(TimeoutError, *_HARMLESS):
            async with asyncio.timeout(_LAST_SECONDS):
                if self._saving:
                    await asyncio.shield(self._saving)
                if engine is not None and engine is self._engine and engine.alive and self._memory:
                    await self._save(engine, self._memory, last=True)

    def abandon(self) -> None:
        """For when the event loop is gone."""
        self._timer = self._saving = self._engine = self._memory = None
        self._lock = asyncio.Lock()

    async def _meet(self, engine: Engine) -> None:
        """Find out what is kept for an engine that was just started; not what the one before it died over."""
        if self._engine is not engine:
            async with self._lock:
                await self._remember(engine)

    async def _remember(self, engine: Engine) -> None:
        if self._engine is engine:  # by now, thanks to another request
            return
        suspects = list(self._memory.trial.values()) if self._memory else []
        self._memory = self._engine = None
        memory = await asyncio.to_thread(self._remembered, engine.settings, suspects)
        self._engine, self._memory, self._unseen = engine, memory, False

    def _remembered(self, settings: EngineSettings, suspects: list[StoredState]) -> EngineMemory:
        for state in suspects:
            self._store.remove(self._key, state)
        if self._key_of != settings:
            self._key, self._key_of = state_key(self._loaded.files, self._supervisor.kind, settings), settings
        size = bytes_per_token(self._loaded.header, settings)
        largest = self._store.limit / size if size else 0.0
        return EngineMemory(settings, self._store.states(self._key), bytes_per_token=size, largest=largest)

    async def _bring_back(self, engine: Engine, memory: EngineMemory, path: str, body: Mapping[str, Any]) -> None:
        tokens = await prompt_tokens(engine, path, body)
        if tokens is None or memory.best_for(prompt := packed(tokens)) is None:
            return
        async with self._lock:
            state = memory.best_for(prompt)  # another request may have brought it back meanwhile
            slot = memory.slot_to_use(await slots(engine)) if state else None
            if state is not None and slot is not None:
                await to_the_end(self._restore(engine, memory, slot, state))
                engine.slots.restored(slot, path, body)

    async def _restore(self, engine: Engine, memory: EngineMemory, slot: int, state: StoredState) -> None:
        began = time.monotonic()
        lent = Path(engine.directory) / uuid.uuid4().hex
        try:
            if await asyncio.to_thread(self._store.lend, self._key, state, lent):
                await restore_slot(engine, slot, lent.name)
                memory.brought_back(slot, state)
                MODELS.debug("state of %d bytes brought back in %.3f s", state.size, time.monotonic() - began)
            else:
                memory.forget(state)
        except LlamaWorkerError:
            memory.forget(state)
            if (
                not engine.stopping and not engine.settings.kv_unified
            ):  # in a shared context there may be no room for it
                await asyncio.to_thread(self._store.remove, self._key, state)
            raise
        finally:
            lent.unlink(missing_ok=True)

    def _begin_saving(self) -> None:
        self._timer = None
        engine, memory = self._engine, self._memory
        if engine and engine.alive and memory and self._idle() and self._saving is None:
            self._saving = asyncio.create_task(self._save_while_idle(engine, memory))

    async def _save_while_idle(self, engine: Engine, memory: EngineMemory) -> None:
        try:
            await self._save(engine, memory, last=False)
        except _HARMLESS as error:
            MODELS.debug("nothing kept: %s", type(error).__name__)
        finally:
            self._saving = None

    async def _save(self, engine: Engine, memory: EngineMemory, *, last: bool) -> None:
        if self._unseen:
            async with asyncio.timeout(_LOOK_SECONDS):
                memory.look(await slots(engine), await work_done(engine))
            self._unseen = False
        for slot in memory.worth_keeping(last=last):
            if last or self._idle():
                await to_the_end(self._keep(engine, memory, slot))

    async def _keep(self, engine: Engine, memory: EngineMemory, slot: int) -> None:
        began = time.monotonic()
        file = Path(engine.directory) / uuid.uuid4().hex
        try:
            await save_slot(engine, slot, file.name)
            if await asyncio.to_thread(holds_media, file):
                memory.left_alone(slot)
                return
            state = await asyncio.to_thread(self._store.put, self._key, file, memory.states)
        except _HARMLESS:
            memory.kept(slot, None, 0.0)
            raise
        finally:
            file.unlink(missing_ok=True)
        seconds = time.monotonic() - began
        memory.kept(slot, state, seconds)
        if state:
            MODELS.debug("state of %d bytes kept in %.3f s", state.size, seconds)

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
