"""One llama.cpp process with one model: start it, talk to it, know why it ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Self, TypeVar

from ..ending import to_the_end
from ..errors import EngineDiedError, EngineRequestError, LlamaWorkerError
from ..loggers import ENGINE
from .api.adapters import with_adapters
from .api.client import EngineClient, RequestWatch
from .api.endpoints import METRICS, compute_one_token
from .api.events import Events
from .command import EngineKind
from .death import Phase, death_of
from .devices.placement import Placement
from .process.endpoint import Endpoint, create_endpoint
from .process.running import RunningEngine
from .sandbox.report import SandboxReport
from .serving import Serving
from .settings import EngineSettings, Timeouts
from .slots.slots import Slots
from .start import EngineStart, placement_of, spawn, wait_until_ready
from .states import LoadProgress, ModelMetadata
from .suspects import EngineRequestRecord, Suspects
from .threads.governor import Governor
from .threads.openmp import has_gnu_openmp
from .transport.exchange import EngineConnectionLost

_Answer = TypeVar("_Answer", bound=AsyncIterator[bytes])
_Send = Callable[[str, dict[str, Any], RequestWatch], AbstractAsyncContextManager[_Answer]]
_DEATH_NOTICE_SECONDS = 3.0
# How long a batch takes is estimated for a fast machine, and it may have other work.
_BATCHES_TO_ABORT = 8
_ABORTS_TO_PROBE = 6


class Engine:
    """A running engine. Create it with `start`, end it with `stop`.

    `metadata` is what the engine said of its model, `sandbox` what it is kept from, `governor` who chooses the CPUs of
    its threads, if they follow. `ended` is done when the process is gone; `death()` says why.
    """

    def __init__(
        self,
        settings: EngineSettings,
        process: RunningEngine,
        endpoint: Endpoint,
        metadata: ModelMetadata,
        timeouts: Timeouts,
        suspects: Suspects,
        governor: Governor | None,
    ) -> None:
        self.settings = settings
        self.governor = governor
        self.metadata = metadata
        self.sandbox = SandboxReport()
        self.slots = Slots(settings.sequences, keeps=settings.prompt_cache_mib > 0)
        self._process = process
        self._client = EngineClient(process.connect, endpoint.api_key, timeouts.response_stall)
        self._stopping, self._hung = False, ""
        abort_limit = max(timeouts.abort_stall, _BATCHES_TO_ABORT * settings.batch_seconds)
        self._serving = Serving(self, suspects, abort_limit, self._reason, governor)

    @classmethod
    async def start(
        cls,
        settings: EngineSettings,
        kind: EngineKind,
        *,
        on_progress: Callable[[LoadProgress], None] = lambda _: None,
        timeouts: Timeouts | None = None,
        suspects: Suspects | None = None,
        unix_socket: bool | None = None,
    ) -> Self:
        """Start a process and wait until its model is loaded. Cancelling this ends the process.

        `suspects` are the requests that were there when earlier engines died. Raises `ModelLoadError` when the engine
        refuses the model, `EngineDiedError` when it dies of it or stalls, `EngineNotFoundError` when there is no such
        program, or no place for its socket.
        """
        timeouts = timeouts or Timeouts()
        start = EngineStart(on_progress)
        endpoint = create_endpoint(unix_socket=unix_socket)
        process = spawn(settings, kind, endpoint, start.take_line)
        ENGINE.info("engine %d started: %s with %s", process.pid, kind.name, settings)
        began = time.monotonic()
        try:
            metadata = await wait_until_ready(process, start, settings.model_path, timeouts.load_stall)
            await placement_of(process, settings)
            follows = start.threads_follow and await asyncio.to_thread(has_gnu_openmp, process.pid)
        except BaseException as error:
            ENGINE.info("engine %d ended before it was ready: %s", process.pid, type(error).__name__)
            await to_the_end(process.kill())
            raise
        ENGINE.info("engine %d ready after %.1f s", process.pid, time.monotonic() - began)
        governor = Governor(process.pid, settings.threads) if follows else None
        engine = cls(settings, process, endpoint, metadata, timeouts, suspects or Suspects(), governor)
        engine.sandbox = start.sandbox
        return engine

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def placement(self) -> Placement:
        """What of the model went where, as far as the engine has told."""
        return self._process.placement.placement()

    @property
    def directory(self) -> str:
        """The engine's own directory, where it saves and finds the states of its slots; removed with it."""
        return self._process.directory

    @property
    def alive(self) -> bool:
        return not self._process.ended.done() and not self._stopping

    @property
    def stopping(self) -> bool:
        """Whether somebody ended it on purpose."""
        return self._stopping

    @property
    def ended(self) -> asyncio.Future[None]:
        """Done when the process is gone."""
        return self._process.ended

    @property
    def busy(self) -> bool:
        """Whether it serves a request."""
        return self._serving.busy

    def computes(self) -> bool:
        """Whether the process computes now, for whomever."""
        return self._process.computes()

    async def stop(self) -> None:
        """End the process and remove what belongs to it; harmless when it is gone already."""
        unasked, self._stopping = self._process.ended.done(), True
        await self._serving.watch.close()
        if self.governor:
            await self.governor.close()
        await self._client.close()
        await self._process.stop()
        if not unasked:
            ENGINE.info("engine %d stopped", self.pid)

    def end_now(self) -> None:
        """End the process without waiting for it: for when the event loop that it belongs to is gone."""
        self._stopping = True
        self._client.abandon()
        self._process.end_now()

    async def wait_ended(self) -> None:
        """Return when the process is gone, for whatever reason."""
        await asyncio.wait([self._process.ended])

    async def request(self, path: str, body: dict[str, Any] | None = None, *, owner: Hashable = None) -> bytes:
        """One request, its whole answer. Raises what `stream` raises."""
        asked = self._asked(path, body, owner)
        async with self._serving.request(asked) as watch:
            with self.slots.placed(path, asked.body or {}, owner):
                return await self._client.request(path, asked.body, watch)

    def stream(self, path: str, body: dict[str, Any], *, owner: Hashable = None) -> AbstractAsyncContextManager[Events]:
        """One request, its answer as JSON texts while they come. Leaving the block aborts the work.

        `owner` is whose turn of the fair queue it is. Raises `EngineDiedError` when the process ends or hangs
        meanwhile, `EngineRequestError` or `ContextOverflowError` when it refuses, `RequestQuarantinedError` when two
        engines died of the same request.
        """
        return self._sent(self._client.stream, self._asked(path, body, owner))

    def stream_bytes(
        self, path: str, body: dict[str, Any], *, owner: Hashable = None
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """As `stream`, but the answer's bytes as they come. A reader that misses the end of the answer raises
        `EngineConnectionLost` inside the block."""
        return self._sent(self._client.stream_bytes, self._asked(path, body, owner))

    @asynccontextmanager
    async def _sent(self, send: _Send[_Answer], asked: EngineRequestRecord) -> AsyncIterator[_Answer]:
        async with self._serving.request(asked) as watch:
            with self.slots.placed(asked.path, asked.body or {}, asked.owner) as body:
                async with send(asked.path, body, watch) as answer:
                    yield answer

    def _asked(self, path: str, body: dict[str, Any] | None, owner: Hashable) -> EngineRequestRecord:
        return EngineRequestRecord(path, body and with_adapters(self.settings.lora_files, path, body), owner)

    async def probe(self) -> None:
        """Let it compute one token, as an engine that answers may still not generate.

        Raises `EngineDiedError` when it dies of that or takes too long, and is ended then.
        """
        limit = _ABORTS_TO_PROBE * self._serving.watch.limit
        try:
            async with asyncio.timeout(limit):
                await compute_one_token(self._client, embeds=self.settings.pooling not in (None, "last"))
        except EngineRequestError as refusal:
            ENGINE.info("engine %d did not take the probe: %s", self.pid, refusal.message)
        except EngineConnectionLost as error:
            raise await self._reason(error) from error
        except TimeoutError as error:
            raise await self._end_hung(f"not one token in {limit:g} s") from error

    async def ask_main_loop(self) -> bytes:
        """Returns as soon as its main loop is between two batches. Raises `EngineDiedError` when it is gone."""
        try:
            return await self._client.request(METRICS)
        except EngineConnectionLost as error:
            raise await self._reason(error) from error

    async def end_stuck(self, requests: list[EngineRequestRecord], silence: str) -> None:
        """End it: `requests` were left, and it goes on with them."""
        self._serving.convict(requests)
        await self._end_hung(silence)

    async def _reason(self, lost: EngineConnectionLost) -> LlamaWorkerError:
        """Why a connection broke. A process that does not end by itself after that is hung, and is ended."""
        await asyncio.wait([self._process.ended], timeout=_DEATH_NOTICE_SECONDS)
        if not self._process.ended.done():
            return await self._end_hung(str(lost))
        return self.death("generate")

    async def _end_hung(self, silence: str) -> EngineDiedError:
        """End a process that no longer responds, and give the error that describes it."""
        self._hung = self._hung or silence
        await self._process.kill()
        return self.death("generate")

    def death(self, phase: Phase | None = None) -> EngineDiedError:
        """The error that describes how the process ended."""
        serving: Phase = "generate" if self._serving.at_death() else "idle"
        return death_of(self._process, self.settings.model_path, phase or serving, self._hung or None)

    def served_at_death(self) -> list[EngineRequestRecord]:
        """The requests that may have been the reason."""
        return self._serving.at_death()
