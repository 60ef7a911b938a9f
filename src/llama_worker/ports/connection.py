"""One client of a worker: reads its requests, gives each its turn and exactly one end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from typing import Any

from ..errors import (
    EngineDiedError,
    InvalidMessageError,
    LlamaWorkerError,
    OperationAborted,
    PortClosedError,
    QueueFullError,
)
from ..messages import Cleanup, ErrorMessage, Incoming, Info, Outgoing
from ..worker.announce import error_message
from ..worker.worker import LlamaWorker
from . import control, conversation, downloads, functions, generation, setup  # noqa: F401 - they fill the table of answers
from .answers import ANSWERS, Answer
from .call import Call
from .channels import without_channel
from .desk import Desk
from .port import WorkerPort
from .roster import Roster

READY = "LlamaWorker is initialized and ready to receive commands"
MAX_OPEN_REQUESTS = 1024

_log = logging.getLogger("llama_worker")


class Connection:
    """Serves one port until it ends.

    Requests run at the same time and their messages mix, with two exceptions. What works on the current model,
    context or session waits for the requests before it that choose these. And requests without an id are answered
    one after the other, as nobody could tell their answers apart; `abort`, `pause`, `resume`, `abort_download` and
    `cleanup` never wait.
    """

    def __init__(self, worker: LlamaWorker, port: WorkerPort, *, shared: bool = False) -> None:
        self._worker = worker
        self._port = port
        self._desk = Desk(worker, shared=shared)
        self._roster = Roster()
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
                self._roster.let_go()
                await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        except PortClosedError:
            pass  # nobody is left to be told
        finally:
            forget()
            await self._leave()

    async def _accept(self, message: Incoming | ErrorMessage) -> None:
        if isinstance(message, ErrorMessage):
            return await self._port.send(message)
        request = without_channel(message)
        if refusal := self._refusal(request):
            return await self._port.send(refusal)
        answer = ANSWERS[type(request)]
        call = Call(request, self._desk, self._roster, self._port.send, generates=answer.generates)
        self._roster.add(call)
        call.task = self._start(self._answer(call, answer, self._before(call, answer)))
        if isinstance(request, Cleanup) or (answer.turn == "setup" and not _names_its_own(request)):
            self._setup = call.task
        if call.nameless and answer.turn != "now":
            self._nameless = call.task
        return None

    def _refusal(self, request: Incoming) -> ErrorMessage | None:
        if request.id is not None and self._roster.uses(request.id):
            # Under that id it would end the other request.
            return error_message(InvalidMessageError(f"The id {request.id!r} belongs to a request that still runs."))
        if len(self._roster) >= MAX_OPEN_REQUESTS:
            full = QueueFullError(f"{MAX_OPEN_REQUESTS} requests are being answered: wait for some of them to end.")
            return error_message(full, request.id)
        return None

    def _before(self, call: Call, answer: Answer) -> set[asyncio.Task[None]]:
        """Whose end this request has to wait for."""
        if answer.turn == "now":
            return set()
        before = {self._nameless} if call.nameless else set()
        if not _names_its_own(call.request):
            before.add(self._setup)
        return {task for task in before if task is not None and not task.done()}

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _answer(self, call: Call, answer: Answer, before: set[asyncio.Task[None]]) -> None:
        try:
            end = await self._work(call, answer, before)
            self._roster.remove(call)
            await self._port.send(end)
            if last_words := call.last_words(end):
                await self._port.send(last_words)
        except PortClosedError:
            pass  # `serve` notices too
        finally:
            self._roster.remove(call)
            if call.operation is not None:
                call.operation.abort()

    async def _work(self, call: Call, answer: Answer, before: set[asyncio.Task[None]]) -> Outgoing:
        """Do what is asked and return how it ended: this always is exactly one message."""
        call.begun = True
        try:
            if call.dropped:
                return call.failed(OperationAborted())
            if before:
                await asyncio.wait(before)
            return await answer.handler(call, call.request)
        except PortClosedError:
            raise
        except asyncio.CancelledError:
            return call.failed(OperationAborted())
        except LlamaWorkerError as error:
            return call.failed(error)
        except Exception as error:
            _log.exception("A request of type %s failed", type(call.request).__name__)
            return call.failed(LlamaWorkerError(f"{type(error).__name__}: {error}"))

    def _tell_death(self, death: EngineDiedError) -> None:
        self._start(self._tell(error_message(death)))

    async def _tell(self, message: Outgoing) -> None:
        with contextlib.suppress(PortClosedError):
            await self._port.send(message)

    async def _leave(self) -> None:
        """Abort what still runs and wait until it has ended."""
        await self._port.close()
        operations = [call.operation for call in self._roster if call.operation is not None]
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        for operation in operations:
            operation.abort()
        await asyncio.gather(*tasks, *(operation.wait() for operation in operations), return_exceptions=True)


def _names_its_own(request: Incoming) -> bool:
    """Whether a request says which model or session it means, and so has nothing to do with the current ones."""
    return getattr(request, "model", None) is not None or getattr(request, "session", None) is not None
