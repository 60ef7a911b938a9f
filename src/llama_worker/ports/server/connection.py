"""One client of a worker: reads its requests, answers each in its order and exactly once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Sequence
from typing import Any

from ...errors import (
    EngineDiedError,
    InvalidMessageError,
    LlamaWorkerError,
    OperationAborted,
    PortClosedError,
    QueueFullError,
)
from ...loggers import PORTS
from ...messages import Cleanup, ErrorMessage, Incoming, Info, Outgoing
from ...worker.reporting import error_message
from ...worker.worker import LlamaWorker
from ..port import WorkerPort
from .channels import CHANNEL_MESSAGES, without_channel
from .handlers import HANDLERS
from .open_requests import OpenRequest, OpenRequests
from .registry import Handling
from .workspace import Workspace

READY = "LlamaWorker is initialized and ready to receive commands"
MAX_OPEN_REQUESTS = 1024


class Connection:
    """Serves one port until it ends.

    Requests run at the same time and their messages mix, with two exceptions. What works on the current model,
    context or session waits for the requests before it that choose these. And requests without an id are answered
    one after the other, as nobody could tell their answers apart; `abort`, `pause`, `resume`, `abort_download` and
    `cleanup` never wait.
    """

    def __init__(
        self,
        worker: LlamaWorker,
        port: WorkerPort,
        *,
        shared: bool = False,
        download_from: Sequence[str] = ("hub",),
    ) -> None:
        self._worker = worker
        self._port = port
        self._workspace = Workspace(worker, shared=shared, download_from=download_from)
        self._open = OpenRequests()
        self._tasks: set[asyncio.Task[None]] = set()
        self._setup: asyncio.Task[None] | None = None
        self._nameless: asyncio.Task[None] | None = None

    async def serve(self, *, finish: bool = False) -> None:
        """Answer until the port ends; then abort what is left, or with `finish` answer it to its end."""
        forget = self._worker.on_idle_death(self._tell_death)
        try:
            await self._port.send(Info(message=READY))
            async for message in self._port:
                await self._accept(message)
            while finish and self._tasks:
                self._open.release_waiting()
                await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        except PortClosedError:
            pass  # nobody is left to be told
        finally:
            forget()
            await self._leave()

    async def _accept(self, message: Incoming | ErrorMessage) -> None:
        if isinstance(message, ErrorMessage):
            PORTS.debug("a message was refused: %s", message.code)
            return await self._port.send(message)
        plain = without_channel(message) if type(message) in CHANNEL_MESSAGES else message
        PORTS.debug("%s received, id %r", _type_of(message), message.id)
        if refusal := self._refusal(plain):
            return await self._port.send(refusal)
        handling = HANDLERS[type(plain)]
        request = OpenRequest(plain, self._workspace, self._open, self._port.send, generates=handling.generates)
        self._open.add(request)
        request.task = self._start(self._answer(request, handling, self._before(request, handling)))
        if isinstance(plain, Cleanup) or (handling.order == "setup" and not request.names_its_own):
            self._setup = request.task
        if request.nameless and handling.order != "now":
            self._nameless = request.task
        return None

    def _refusal(self, message: Incoming) -> ErrorMessage | None:
        if message.id is not None and self._open.uses(message.id):
            # Under that id it would end the other request.
            return error_message(InvalidMessageError(f"The id {message.id!r} belongs to a request that still runs."))
        if len(self._open) >= MAX_OPEN_REQUESTS:
            full = QueueFullError(f"{MAX_OPEN_REQUESTS} requests are being answered: wait for some of them to end.")
            return error_message(full, message.id)
        return None

    def _before(self, request: OpenRequest, handling: Handling) -> set[asyncio.Task[None]]:
        """Whose end this request has to wait for."""
        if handling.order == "now":
            return set()
        before = {self._nameless} if request.nameless else set()
        if not request.names_its_own:
            before.add(self._setup)
        return {task for task in before if task is not None and not task.done()}

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _answer(self, request: OpenRequest, handling: Handling, before: set[asyncio.Task[None]]) -> None:
        try:
            end = await self._work(request, handling, before)
            self._open.remove(request)
            await self._port.send(end)
            PORTS.debug("%s answered with %s, id %r", _type_of(request.message), _type_of(end), request.id)
            if closing := request.closing_message(end):
                await self._port.send(closing)
        except PortClosedError:
            pass  # `serve` notices too
        finally:
            self._open.remove(request)
            if request.operation is not None:
                request.operation.abort()

    async def _work(self, request: OpenRequest, handling: Handling, before: set[asyncio.Task[None]]) -> Outgoing:
        """Do what is asked and return how it ended: this always is exactly one message."""
        request.begun = True
        try:
            if request.dropped:
                return request.failed(OperationAborted())
            if before:
                await asyncio.wait(before)
            return await handling.handler(request, request.message)
        except PortClosedError:
            raise
        except asyncio.CancelledError:
            return request.failed(OperationAborted())
        except LlamaWorkerError as error:
            return request.failed(error)
        except Exception as error:
            PORTS.exception("A request of type %s failed", type(request.message).__name__)
            return request.failed(LlamaWorkerError(f"{type(error).__name__}: {error}"))

    def _tell_death(self, death: EngineDiedError) -> None:
        self._start(self._tell(error_message(death)))

    async def _tell(self, message: Outgoing) -> None:
        with contextlib.suppress(PortClosedError):
            await self._port.send(message)

    async def _leave(self) -> None:
        """Abort what still runs and wait until it has ended."""
        await self._port.close()
        operations = [request.operation for request in self._open if request.operation is not None]
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        for operation in operations:
            operation.abort()
        await asyncio.gather(*tasks, *(operation.wait() for operation in operations), return_exceptions=True)


def _type_of(message: Incoming | Outgoing) -> str:
    return str(message.__struct_config__.tag)
