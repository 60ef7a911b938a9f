"""WorkerService: the seeds' eight handlers, for hosts that invoke by name and wait for the answer.

"The seeds" are the documents of the system for Electron that this package began from; `docs/architecture.md` says more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from msgspec import Struct, ValidationError, convert, to_builtins

from ...errors import InvalidOptionsError, UnknownMessageError
from ...errors.nearest import did_you_mean
from ...messages import (
    CompletionDone,
    ContextCreated,
    DownloadComplete,
    HubFile,
    Incoming,
    ModelLoaded,
    OperationStarted,
    Outgoing,
    SessionCreated,
    WorkerCreateContext,
    WorkerDownloadModel,
    WorkerInitialize,
    WorkerInitializeSession,
    WorkerLoadModel,
    WorkerPrompt,
    WorkerSendPrompt,
    WorkerUnloadModel,
)
from ...messages.channels import InitializePayload, LoadModelPayload, PromptPayload, UnloadModelPayload
from ...options import ContextOptions, SessionOptions
from ...options.hints import explain
from ...options.paths import split_error
from ...options.plain import MESSAGE_DEPTH, check_texts
from ...worker.reporting import reply_of
from ...worker.worker import LlamaWorker
from .channels import without_channel
from .handlers import HANDLERS
from .open_requests import OpenRequest, OpenRequests
from .workspace import Workspace

Handler = Callable[[Any], Awaitable[Any]]
Payload = TypeVar("Payload", bound=Struct)

CHANNELS: Mapping[str, tuple[type[Struct], Callable[..., Incoming]]] = {
    "worker:initialize": (InitializePayload, WorkerInitialize),
    "worker:loadModel": (LoadModelPayload, WorkerLoadModel),
    "worker:createContext": (ContextOptions, WorkerCreateContext),
    "worker:initializeSession": (SessionOptions, WorkerInitializeSession),
    "worker:prompt": (PromptPayload, WorkerPrompt),
    "worker:unloadModel": (UnloadModelPayload, WorkerUnloadModel),
    "worker:downloadModel": (HubFile, WorkerDownloadModel),
    "worker:sendPrompt": (PromptPayload, WorkerSendPrompt),
}
"""What each channel's payload is, and the message that it is the payload of."""


class WorkerService:
    """Handlers by channel name. Payloads are the seeds' (camelCase), answers are plain values that JSON can hold.

    They work on what is current for the worker itself. `worker:initialize` with a model and `worker:loadModel` answer
    with the model's facts, `worker:createContext` with `{contextSize, sequences, batchSize}`,
    `worker:initializeSession` with `{sessionId, modelId}` (`close_session` forgets it), `worker:prompt` with the reply
    `{text, finishReason, usage, ...}`, `worker:sendPrompt` with the operation's id, `worker:downloadModel` with the
    file's path, the others with None. A function of `functions` that is to be called is told to whoever listens with
    `worker.on("function_call", ...)`, and answered with `function_result`; so is the question
    whether a tool of an MCP server may be called, `function_approval`. Errors are raised as they are everywhere:
    `InvalidOptionsError` for a payload that is none, `OperationAborted` for what was aborted.
    """

    def __init__(self, worker: LlamaWorker) -> None:
        self._worker = worker
        self._workspace = Workspace(worker, shared=False, current=worker)
        self._open = OpenRequests()
        self._running: set[asyncio.Task[Outgoing]] = set()
        self.handlers: Mapping[str, Handler] = {channel: partial(self.invoke, channel) for channel in CHANNELS}

    def register(self, handle: Callable[[str, Handler], object]) -> None:
        """Give each handler to a host: `service.register(ipc.handle)`."""
        for channel, handler in self.handlers.items():
            handle(channel, handler)

    async def invoke(self, channel: str, payload: Any = None) -> Any:
        """Call a handler by its channel. Raises `UnknownMessageError` for a channel that does not exist."""
        if channel not in CHANNELS:
            raise UnknownMessageError(f"Unknown channel: {channel}{did_you_mean(channel, CHANNELS)}")
        kind, message = CHANNELS[channel]
        return await self._answer(without_channel(message(payload=_read(payload, kind))))

    def function_result(
        self,
        call_id: str,
        result: Any = None,
        *,
        content: Any = None,
        error: str | None = None,
        refused: str | None = None,
        unapproved: str | None = None,
    ) -> None:
        """What a function gave that a `function_call` asked for, or its `error`, or why it was `refused`; `unapproved`
        is why nobody could be asked, which ends the prompt.

        Raises `InvalidOptionsError` when nobody waits for it.
        """
        self._open.settle_call(call_id, result, content=content, error=error, refused=refused, unapproved=unapproved)

    async def close_session(self, session_id: str) -> None:
        """Forget a session of `worker:initializeSession`; without this it is kept until its model is unloaded.

        Raises `SessionNotLoadedError`.
        """
        await self._workspace.close_session(session_id)

    async def _answer(self, message: Incoming) -> Any:
        """Through the handler that every port uses. `send_prompt` is answered while it goes on."""
        started: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        handling = HANDLERS[type(message)]

        async def send(told: Outgoing) -> None:
            if isinstance(told, OperationStarted):
                started.set_result(told.operation_id)
            elif told.__struct_config__.tag in ("function_call", "function_approval"):
                self._worker.emit(told)

        request = OpenRequest(message, self._workspace, self._open, send, generates=handling.generates)
        task = asyncio.ensure_future(handling.handler(request, message))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            first: set[asyncio.Future[Any]] = {task, started}
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            request.abort()
            task.cancel()
            await asyncio.wait({task})
            raise
        return started.result() if started.done() else _value(task.result(), request)


def _value(end: Outgoing, request: OpenRequest) -> Any:
    """What the host gets for the last message; raises what the operation raised."""
    if request.operation is not None and request.operation.state in ("failed", "aborted"):
        return to_builtins(request.operation.result())
    match end:
        case CompletionDone():
            return to_builtins(reply_of(end))
        case ModelLoaded(model_info=info):
            return to_builtins(info)
        case ContextCreated(context_size=size, sequences=sequences, batch_size=batch_size):
            return {"contextSize": size, "sequences": sequences, "batchSize": batch_size}
        case SessionCreated(session_id=session, model_id=model):
            return {"sessionId": session, "modelId": model}
        case DownloadComplete(file_path=path):
            return path
    return None


def _read(payload: Any, kind: type[Payload]) -> Payload:
    check_texts(payload, depth=MESSAGE_DEPTH)
    try:
        return convert({} if payload is None else payload, kind)
    except ValidationError as error:
        what, path = split_error(error)
        said = explain(what, kind, path, in_message=True)
        raise InvalidOptionsError(f"The payload is invalid: {said}.", path=path or None) from error
