"""One llama.cpp process with one model: start it, talk to it, know why it ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal, Self

from ..errors import EngineDiedError, EngineNotFoundError, LlamaWorkerError, ModelLoadError
from ..loggers import ENGINE
from .api.client import EngineClient, EngineConnectionLost
from .command import EngineKind, engine_environment
from .ending import to_the_end
from .process.child import MODEL_REFUSED_EXIT_CODE
from .process.endpoint import Endpoint, create_endpoint
from .process.process import EngineProcess
from .sandbox.report import SandboxReport
from .settings import EngineSettings
from .start import EngineStart
from .states import LoadProgress, ModelMetadata

Phase = Literal["spawn", "load", "generate", "idle"]

_DEATH_NOTICE_SECONDS = 3.0


class Engine:
    """A running engine. Create it with `start`, end it with `stop`.

    `metadata` is what the engine said of its model, `sandbox` what it is kept from. `died` resolves to the reason when the process ends unasked.
    """

    def __init__(self, settings: EngineSettings, process: EngineProcess, endpoint: Endpoint, stall: float) -> None:
        self.settings = settings
        self.metadata = ModelMetadata()
        self.sandbox = SandboxReport()
        self._process = process
        self._client = EngineClient(endpoint, stall)
        self._requests = 0
        self._stopping = False
        self._hung = False

    @classmethod
    async def start(
        cls,
        settings: EngineSettings,
        kind: EngineKind,
        *,
        on_progress: Callable[[LoadProgress], None] = lambda _: None,
        load_stall_timeout: float = 120.0,
        response_stall_timeout: float = 600.0,
        unix_socket: bool | None = None,
    ) -> Self:
        """Start a process and wait until its model is loaded. Cancelling this ends the process.

        `load_stall_timeout` is in seconds without progress or log output, however long the whole takes.
        Raises `ModelLoadError` when the engine refuses the model, `EngineDiedError` when it dies of it or stalls,
        `EngineNotFoundError` when there is no such program, or no place for its socket.
        """
        start = EngineStart(on_progress)
        endpoint = create_endpoint(unix_socket=unix_socket)
        process = _spawn(settings, kind, endpoint, start.take_line)
        engine = cls(settings, process, endpoint, response_stall_timeout)
        ENGINE.info("engine %d started: %s with %s", process.pid, kind.name, settings)
        began = time.monotonic()
        try:
            engine.metadata = await engine._ready(start, load_stall_timeout)
        except BaseException as error:
            ENGINE.info("engine %d ended before it was ready: %s", process.pid, type(error).__name__)
            await to_the_end(engine.kill())
            raise
        engine.sandbox = start.sandbox
        ENGINE.info("engine %d ready after %.1f s", process.pid, time.monotonic() - began)
        for measure in engine.sandbox.missing:
            ENGINE.info("engine %d: sandbox: %s is missing: %s", process.pid, measure.name, measure.text)
        return engine

    @property
    def pid(self) -> int:
        return self._process.pid

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
    def log_tail(self) -> tuple[str, ...]:
        """The engine's last lines on stderr."""
        return self._process.log.last()

    async def stop(self) -> None:
        """End the process and remove what belongs to it; harmless when it is gone already."""
        unasked, self._stopping = self._process.ended.done(), True
        await self._client.close()
        await self._process.stop()
        if not unasked:
            ENGINE.info("engine %d stopped", self.pid)

    async def kill(self) -> None:
        """End the process at once."""
        self._stopping = True
        await self._process.kill()
        await self._client.close()

    def end_now(self) -> None:
        """End the process without waiting for it: for when the event loop that it belongs to is gone."""
        self._stopping = True
        self._client.abandon()
        self._process.end_now()

    async def wait_ended(self) -> None:
        """Return when the process is gone, for whatever reason."""
        await asyncio.wait([self._process.ended])

    async def request(self, path: str, body: dict[str, Any] | None = None) -> bytes:
        """One request, its whole answer. Raises what `stream` raises."""
        async with self._serving():
            return await self._client.request(path, body)

    @asynccontextmanager
    async def stream(self, path: str, body: dict[str, Any]) -> AsyncIterator[AsyncIterator[bytes]]:
        """One request, its answer as JSON texts while they come. Leaving the block aborts the work.

        Raises `EngineDiedError` when the process ends or hangs meanwhile, `EngineRequestError` or
        `ContextOverflowError` when it refuses.
        """
        async with self._serving(), self._client.stream(path, body) as events:
            yield events

    @asynccontextmanager
    async def stream_bytes(self, path: str, body: dict[str, Any]) -> AsyncIterator[AsyncIterator[bytes]]:
        """As `stream`, but the answer's bytes as they come. A reader that misses the end of the answer raises
        `EngineConnectionLost` inside the block."""
        async with self._serving(), self._client.stream_bytes(path, body) as data:
            yield data

    @asynccontextmanager
    async def _serving(self) -> AsyncIterator[None]:
        """Counts a request while it runs, so that a death knows whether anybody was being served, and explains it."""
        self._requests += 1
        try:
            yield
        except EngineConnectionLost as error:
            raise await self._reason(error) from error
        finally:
            self._requests -= 1

    async def _ready(self, start: EngineStart, stall_timeout: float) -> ModelMetadata:
        try:
            metadata = await start.wait(self.ended, stall_timeout)
        except TimeoutError as stall:
            silence = f"no progress for {stall_timeout:g} s; raise load_stall_timeout if the disk is this slow"
            raise await self.end_hung("load", silence) from stall
        if metadata is None:
            raise self.refusal()
        return metadata

    async def _reason(self, lost: EngineConnectionLost) -> LlamaWorkerError:
        """Why a connection broke. A process that does not end by itself after that is hung, and is ended."""
        await asyncio.wait([self._process.ended], timeout=_DEATH_NOTICE_SECONDS)
        if not self._process.ended.done():
            return await self.end_hung("generate", str(lost))
        return self.death("generate", hung=str(lost))

    async def end_hung(self, phase: Phase, silence: str) -> EngineDiedError:
        """End a process that no longer responds, and give the error that describes it."""
        self._hung = True
        await self._process.kill()
        return self.death(phase, hung=silence)

    def death(self, phase: Phase | None = None, *, hung: str = "") -> EngineDiedError:
        """The error that describes how the process ended."""
        process = self._process
        phase = phase or ("generate" if self._requests else "idle")
        how = _how_it_ended(process, self._hung, hung)
        cause = process.log.cause()
        return EngineDiedError(
            f"The engine process {how} {_WHILE[phase]}{f' ({cause})' if cause else ''}.",
            phase=phase,
            signal=process.signal_name,
            exit_code=process.exit_code,
            pid=process.pid,
            log_tail=process.log.last(),
            model=self.settings.model_path,
        )

    def refusal(self) -> LlamaWorkerError:
        """Why loading ended: refused by the engine, or the engine died of it."""
        process = self._process
        if process.exit_code not in (1, MODEL_REFUSED_EXIT_CODE):
            return self.death("load")
        model = self.settings.model_path
        cause = process.log.cause() or "it gave no reason"
        return ModelLoadError(f"The engine could not load {model}: {cause}.", model=model)


_WHILE: dict[Phase, str] = {
    "spawn": "before it was ready to load",
    "load": "while loading the model",
    "generate": "while generating",
    "idle": "while idle",
}


def _how_it_ended(process: EngineProcess, hung: bool, silence: str) -> str:
    if hung:
        return f"stopped responding and was ended ({silence})"
    if process.closed_output:
        return "closed its output and was ended"
    if process.signal_name == "SIGKILL":
        return "was killed (SIGKILL; too little memory is the usual reason)"
    if process.signal_name:
        return f"crashed with {process.signal_name}"
    return f"exited with code {process.exit_code}"


def _spawn(
    settings: EngineSettings, kind: EngineKind, endpoint: Endpoint, on_line: Callable[[bytes], None]
) -> EngineProcess:
    """Start the process; whatever goes wrong here leaves no directory behind."""
    try:
        environment = engine_environment(kind, settings, endpoint)
        return EngineProcess(kind.arguments(settings, endpoint), environment, endpoint, on_line)
    except OSError as error:
        endpoint.remove()
        raise EngineNotFoundError(f"The engine {kind.name} cannot be started: {error}.") from error
    except BaseException:
        endpoint.remove()
        raise
