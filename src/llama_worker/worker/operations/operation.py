"""One piece of work that can be awaited, streamed, watched and aborted."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Generator
from typing import Generic, Literal, TypeVar, cast

from ...errors import LlamaWorkerError, OperationAborted, PauseNotSupportedError
from ...loggers import OPERATIONS
from ...messages.events import Event, Progress, StateChanged
from ..home import running_loop
from ..tools.callbacks import tell
from .operation_log import log_end, log_state
from .pausing import PauseGate
from .stream import EventLog, Stream
from .thinking import Thinking

State = Literal["queued", "running", "paused", "done", "aborted", "failed"]
Kind = Literal[
    "load",
    "download",
    "create_context",
    "create_session",
    "prompt",
    "completion",
    "chat",
    "infill",
    "transcription",
    "embed",
    "rerank",
    "verify",
    "update",
    "export",
    "import",
    "lock",
    "quantize",
    "convert",
    "split",
    "merge",
    "edit",
]

Result = TypeVar("Result")
Item = TypeVar("Item")
GENERATING: frozenset[Kind] = frozenset({"prompt", "completion", "chat", "infill", "transcription"})
FILE_WORK: frozenset[Kind] = frozenset({"quantize", "convert", "split", "merge", "edit"})
_FINAL: frozenset[State] = frozenset({"done", "aborted", "failed"})


class Operation(Generic[Result, Item]):
    """Work that has begun: `await` it for its result, iterate over it for its stream, or do both.

    Cancelling the task that awaits or iterates, an `asyncio.timeout`, leaving the loop with `break` and
    `aclose()` all abort the work itself, in the engine too. A stream that was aborted ends; `await` then raises
    `OperationAborted`, whose `partial` holds what there was.
    """

    def __init__(
        self,
        kind: Kind,
        work: Callable[[Operation[Result, Item]], Awaitable[Result]],
        *,
        to_item: Callable[[Event], Item | None],
        partial: Callable[[], Result | None] = lambda: None,
        partial_is_result: bool = False,
        pausable: bool = False,
    ) -> None:
        self.id = uuid.uuid4().hex
        self.kind = kind
        self._work = work
        self._to_item = to_item
        self._partial = partial
        self._partial_is_result = partial_is_result
        self._pausable = pausable
        self.gate = PauseGate()
        self.thinking = Thinking()
        self._state: State = "queued"
        self._progress = 0.0
        self._log = EventLog()
        self._result: Result | None = None
        self._error: LlamaWorkerError | None = None
        self._began = time.monotonic()
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._run(), name=f"{kind} {self.id}")
        self._task.add_done_callback(self._ensure_finished)
        OPERATIONS.debug("%s %s begun", kind, self.id)

    def __repr__(self) -> str:
        how_far = f" {self._progress:.0%}" if self._state == "running" and self._progress < 1 else ""
        return f"<Operation {self.kind} {self.id[:8]} {self._state}{how_far}>"

    @property
    def state(self) -> State:
        return self._state

    @property
    def finished(self) -> bool:
        return self._state in _FINAL

    @property
    def progress(self) -> float:
        """From 0 to 1, never falling. For a generation it is the share of the prompt that has been read."""
        return self._progress

    def abort(self) -> None:
        """Stop the work; harmless when it is finished. May be called from any thread."""
        if not self.finished:
            self._on_loop(self._task.cancel)

    def pause(self) -> None:
        """Give the engine's slot back and keep what was generated; harmless when finished or paused.

        The state is "paused" as soon as the slot is free, or a function that runs has returned. The answer goes on
        after `resume()`, word for word as it would have without the pause when it is greedy. May be called from any
        thread. Raises `PauseNotSupportedError` when the operation is no generation.
        """
        if not self._pausable:
            raise PauseNotSupportedError(f"An operation of kind {self.kind} cannot be paused.", operation_id=self.id)
        if not self.finished:
            self._on_loop(self.gate.close)

    def resume(self) -> None:
        """Queue a paused generation again; harmless when it is not paused. May be called from any thread."""
        if not self.finished:
            self._on_loop(self.gate.open)

    def answer_now(self) -> None:
        """Let the answer begin: reasoning that is under way, or about to begin, ends. Without effect on anything else:
        an answer that has begun, a model that does not reason, work that generates nothing. May be called from any
        thread."""
        if not self.finished:
            self._on_loop(self.thinking.end)

    def _on_loop(self, callback: Callable[[], object]) -> None:
        if running_loop() is self._loop:
            callback()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback)

    def add_done_callback(self, callback: Callable[[Operation[Result, Item]], object]) -> None:
        """Call `callback` with this operation soon after it has finished. An error of it is logged."""
        self._task.add_done_callback(lambda _: tell(callback, self, f"the end of {self.kind}"))

    def __await__(self) -> Generator[object, None, Result]:
        return self._outcome().__await__()

    def __aiter__(self) -> Stream[Item]:
        return Stream(self, self._log, self._to_item)

    def events(self) -> Stream[Event]:
        """Everything that happens, typed; text that came faster than it was read arrives in one piece."""
        return Stream(self, self._log, lambda event: event)

    def result(self) -> Result:
        """The result of a finished operation; raises its error, and RuntimeError while it runs."""
        if not self.finished:
            raise RuntimeError("the operation has not finished")
        if self._error is not None:
            raise self._error
        return cast(Result, self._result)

    async def wait_unharmed(self) -> None:
        """As `wait`, but being cancelled here leaves the operation alone."""
        await asyncio.wait([self._task])

    async def wait(self) -> None:
        """Return when the operation is finished, however it ended; being cancelled here aborts it."""
        try:
            await asyncio.wait([self._task])
        except asyncio.CancelledError:
            self.abort()
            await asyncio.wait([self._task])
            raise

    async def _outcome(self) -> Result:
        await self.wait()
        return self.result()

    async def _run(self) -> None:
        try:
            self._result = await self._work(self)
            self.report(Progress(1.0))
            self._finish("done")
        except asyncio.CancelledError:
            self._take_partial()
            self._finish("aborted")
        except LlamaWorkerError as error:
            error.operation_id = self.id
            self._error = error
            self._finish("failed")
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise  # of the program that ends, not of the work
        except BaseException as error:
            self._error = LlamaWorkerError(f"{type(error).__name__}: {error}", operation_id=self.id)
            self._error.__cause__ = error
            self._finish("failed")

    def _ensure_finished(self, task: asyncio.Task[None]) -> None:
        """A task that is cancelled before its first step never runs, not even its error handling."""
        if not self.finished:
            self._take_partial()
            self._finish("aborted")

    def _take_partial(self) -> None:
        partial = self._partial()
        if self._partial_is_result and partial is not None:
            self._result = partial
        else:
            self._error = OperationAborted(partial=partial, operation_id=self.id)

    def _finish(self, state: State) -> None:
        self._state = state
        self._log.end(self._error)
        log_end(self, time.monotonic() - self._began, self._result, self._error)

    def mark(self, state: Literal["queued", "running", "paused"]) -> None:
        """For the work itself: where it stands."""
        if state != self._state:
            self._state = state
            log_state(self, time.monotonic() - self._began)
            self.report(StateChanged(state))

    def report(self, event: Event) -> None:
        """For the work itself: tell whoever watches. Progress that does not grow is dropped."""
        if isinstance(event, Progress):
            if event.value < self._progress or (event.value == self._progress and type(event) is Progress):
                return
            self._progress = event.value
        self._log.append(event)
