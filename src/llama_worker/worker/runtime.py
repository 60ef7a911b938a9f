"""What a loaded model consists of: its engine, the queue in front of it, and what runs on it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial
from typing import Any, TypeVar

from ..ending import to_the_end
from ..engine.engine import Engine
from ..engine.settings import EngineSettings
from ..engine.supervisor import EngineSupervisor, SupervisorState
from ..errors import ModelNotLoadedError
from ..loggers import MODELS, OPERATIONS
from ..messages.events import Progress, progress_of
from ..messages.values import ModelInfo
from ..options import ContextOptions, PromptOptions
from .companions.checks import check_body, check_prompt
from .facts import model_info, tell_loaded
from .generation.generation import Generation
from .generation.shared_room import alone_if_need_be, answered, likely_tokens, served_bytes
from .generation.slot_queue import queue_for
from .home import Home
from .journal.journals import ModelJournal
from .loading import LoadedFiles, engine_settings, progress_event, require_memory_for
from .operations.operation import Kind, Operation
from .reply import Reply, text_of
from .residency.loans import Loans
from .residency.shared import Shared
from .residency.usage import Usage
from .states.keeper import StateKeeper

Result = TypeVar("Result")


class ModelRuntime:
    """What `Model`, its sessions and servers share; none holds another."""

    def __init__(self, loaded: LoadedFiles, supervisor: EngineSupervisor, shared: Shared) -> None:
        self.loaded_files = loaded
        self.guard = loaded.guard
        self.queue = queue_for(supervisor)
        self.usage = Usage()
        self.journal = ModelJournal(loaded.llama.journal, loaded.files)
        self._supervisor = supervisor
        self._states = StateKeeper(shared.states, supervisor, loaded, lambda: self.queue.idle)
        supervisor.on_reduced = lambda _: self.queue.resize(self.settings.sequences, self.settings.shared_cells)
        self._track = shared.track
        self.servers = shared.servers
        self._operations: set[Operation[Any, Any]] = set()
        self.loans = Loans()
        self._unloaded = False
        self._home = Home()
        self._home.enter()
        tell_loaded(loaded, supervisor)

    @property
    def loaded(self) -> bool:
        return not self._unloaded

    @property
    def idle(self) -> bool:
        """Whether nobody uses it, so that its engine may rest."""
        return not self.usage.held and self.queue.idle

    @property
    def settings(self) -> EngineSettings:
        """What the engine is told when it starts."""
        return self._supervisor.settings

    @property
    def state(self) -> SupervisorState:
        """Whether the engine runs, and whether the next request would start it."""
        return self._supervisor.state

    @property
    def pid(self) -> int | None:
        """The engine's process id, None while it is not running."""
        return engine.pid if (engine := self._supervisor.current) else None

    @property
    def info(self) -> ModelInfo:
        """What the file, the settings and the engine say now."""
        return model_info(self.loaded_files, self._supervisor)

    async def revive(self) -> None:
        """Start the engine when it is not running, however often it died. Raises what loading raises."""
        self.ensure_loaded()
        if self._supervisor.state == "failed":
            self._supervisor.forgive()
        await self.engine()

    async def engine(self) -> Engine:
        """The living engine, started if need be. Raises `ModelNotLoadedError`, and what starting one raises."""
        self.ensure_loaded()
        with self.usage.holding():
            return await self._supervisor.engine()

    def ensure_loaded(self) -> None:
        """Raise `ModelNotLoadedError` when the model was unloaded, or its event loop has ended."""
        name = self.loaded_files.name
        if self._home.lost:
            raise ModelNotLoadedError(
                f"Model {name} was loaded in an event loop that has ended, or before a fork: load it again.", model=name
            )
        self._home.enter()
        if self._unloaded:
            raise ModelNotLoadedError(f"Model {name} was unloaded: load it again.", model=name)

    def generation(self, owner: Hashable) -> Generation:
        """One answer, in `owner`'s turn of the fair queue."""
        self.ensure_loaded()
        return Generation(self._supervisor, self.queue, self._states, owner)

    def generate(
        self,
        kind: Kind,
        work: Callable[[Operation[Reply, str]], Awaitable[Reply]],
        partial: Callable[[], Reply],
        options: PromptOptions,
    ) -> Operation[Reply, str]:
        """An operation that generates; `partial` gives the reply so far. Raises `InvalidOptionsError`."""
        check_prompt(self.settings, options)
        operation: Operation[Reply, str] = Operation(
            kind, work, to_item=text_of, partial=partial, partial_is_result=options.stop_on_abort, pausable=True
        )
        return self._keep(operation)

    def run(
        self, kind: Kind, work: Callable[[Operation[Result, Progress]], Awaitable[Result]]
    ) -> Operation[Result, Progress]:
        """An operation of any other kind; it streams its progress."""
        self.ensure_loaded()
        return self._keep(Operation(kind, work, to_item=progress_of))

    async def reconfigure(self, options: ContextOptions, operation: Operation[Any, Progress]) -> None:
        """Let the engine run with another context; what else runs on it is aborted if it must be restarted for that.

        Raises `InsufficientMemoryError` when it would not fit; the engine then goes on as it was.
        """
        of = self.loaded_files
        settings = await asyncio.to_thread(engine_settings, of, options)
        if settings != self.settings:
            self._abort_all(but=operation)
            await self._end_engine(settings)
            if not of.options.ignore_memory_safety_checks:
                await asyncio.to_thread(require_memory_for, settings, of.header, of.devices)
            await self._supervisor.reconfigure(settings)
            self.queue = queue_for(self._supervisor)
        operation.mark("running")
        await self._supervisor.engine(lambda progress: operation.report(progress_event(progress)))

    async def rest(self) -> bool:
        """End the engine if nobody uses it, cancelled or not; gives whether. The next use waits and starts another."""
        return await to_the_end(self._rest())

    async def _rest(self) -> bool:
        if may_end := self.idle and self.loaded:
            with self.queue.hold(), self._supervisor.standstill.held():
                await self._end_engine()
        return may_end

    async def unload(self) -> None:
        """Abort what is running and end the engine; its memory is free when this returns. Twice is harmless.

        Being cancelled here does not keep the engine from ending.
        """
        if self._home.lost:
            self.abandon()
        self._unloaded = True
        await to_the_end(self._end())

    def abandon(self) -> None:
        """As `unload`, for when the event loop is gone in which it ran."""
        self._unloaded = True
        self._operations.clear()
        self.loans.forget()
        self._states.abandon()
        self._supervisor.abandon()

    async def _end(self) -> None:
        self._abort_all()
        for operation in list(self._operations):
            await operation.wait()
        await self._end_engine()
        await self.journal.written()
        self.usage.on_change()
        MODELS.info("model %s unloaded", self.settings.alias)

    @asynccontextmanager
    async def borrow_engine(
        self, owner: Hashable = None, *, tokens: int = 0, alone: bool = False, bulk: bool = False, part: bool = False
    ) -> AsyncIterator[Engine]:
        """The engine for one request, in `owner`'s turn of the fair queue; without an owner at once.
        A `part` of an operation is no use of its own.

        Another context, or an unload, cuts the block short with `OperationAborted` or `ModelNotLoadedError`.
        """
        self.ensure_loaded()
        began = time.monotonic()
        turn = self.queue.slot(owner, tokens=tokens, alone=alone, bulk=bulk) if owner is not None else nullcontext()
        with self.usage.holding() if part else self.usage.using():
            async with turn:
                engine = await self.engine()
                OPERATIONS.debug("engine lent to a request after %.0f ms", (time.monotonic() - began) * 1000)
                async with self.loans.lent(self.ensure_loaded):
                    yield engine

    def stream_bytes(
        self, path: str, body: dict[str, Any], *, owner: Hashable, alone: bool = False
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The answer to a request in a dialect that the engine speaks, as bytes, in `owner`'s turn of the fair queue.

        `alone` waits until nobody else computes. Leaving the block aborts the work. Raises what the engine raises.
        """
        check_body(self.settings, path, body)
        lend = partial(self.borrow_engine, owner, tokens=likely_tokens(body, body.get("max_tokens"), self.queue.room))
        stream = partial(served_bytes, lend, self._states, path, body, owner)
        return stream(True) if alone else alone_if_need_be(stream)

    async def request(self, path: str, body: dict[str, Any] | None = None, *, owner: Hashable | None = None) -> bytes:
        """The engine's whole answer to a request that generates nothing; without `owner` it waits for no turn."""
        lend = partial(self.borrow_engine, owner, tokens=likely_tokens(body, 0, self.queue.room))
        return await answered(lend, path, body, owner)

    def _keep(self, operation: Operation[Result, Any]) -> Operation[Result, Any]:
        self._operations.add(operation)
        self.usage.begin()
        operation.add_done_callback(self._forget)
        self._track(operation)
        return operation

    def _forget(self, operation: Operation[Any, Any]) -> None:
        self._operations.discard(operation)
        self.usage.end()

    def _abort_all(self, but: Operation[Any, Any] | None = None) -> None:
        self.loans.recall()
        for operation in list(self._operations):
            if operation is not but:
                operation.abort()

    async def _end_engine(self, settings: EngineSettings | None = None) -> None:
        """The requests that were cut short first, so that they end as that and not as a lost connection."""
        await self.loans.returned()
        await self._states.farewell(self._supervisor.current, settings)
        await self._supervisor.stop()
