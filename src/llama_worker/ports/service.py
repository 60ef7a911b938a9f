"""WorkerService: the seeds' eight handlers, for hosts that invoke by name and wait for the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from msgspec import Struct, ValidationError, convert, to_builtins

from ..errors import InvalidOptionsError, UnknownMessageError
from ..messages import HubFile
from ..messages.channels import InitializePayload, LoadModelPayload, PromptPayload, UnloadModelPayload
from ..options import ContextOptions, LlamaOptions, ModelOptions, SessionOptions
from ..worker.announce import describe_model
from ..worker.worker import LlamaWorker
from .channels import options_in
from .desk import plain_name

Handler = Callable[[Any], Awaitable[Any]]
Payload = TypeVar("Payload", bound=Struct)


class WorkerService:
    """Handlers by channel name. Payloads are the seeds' (camelCase), answers are plain values that JSON can hold.

    Errors are raised as they are everywhere: `InvalidOptionsError` for a payload that is none.
    """

    def __init__(self, worker: LlamaWorker) -> None:
        self._worker = worker
        self.handlers: Mapping[str, Handler] = {
            "worker:initialize": self._initialize,
            "worker:loadModel": self._load_model,
            "worker:createContext": self._create_context,
            "worker:initializeSession": self._initialize_session,
            "worker:prompt": self._prompt,
            "worker:unloadModel": self._unload_model,
            "worker:downloadModel": self._download_model,
            "worker:sendPrompt": self._send_prompt,
        }

    def register(self, handle: Callable[[str, Handler], object]) -> None:
        """Give each handler to a host: `service.register(ipc.handle)`."""
        for channel, handler in self.handlers.items():
            handle(channel, handler)

    async def invoke(self, channel: str, payload: Any = None) -> Any:
        """Call a handler by its channel. Raises `UnknownMessageError` for a channel that does not exist."""
        if channel not in self.handlers:
            raise UnknownMessageError(f"Unknown channel: {channel}")
        return await self.handlers[channel](payload)

    async def _initialize(self, payload: Any) -> Any:
        """None; with a model in the payload what `worker:loadModel` gives."""
        options = _read(payload, InitializePayload)
        await self._worker.initialize(options_in(options, LlamaOptions))
        return await self._load(options.model_path, options) if options.model_path else None

    async def _load_model(self, payload: Any) -> Any:
        """The model: `{name, size, parameters, ...}`."""
        options = _read(payload, LoadModelPayload)
        return await self._load(options.model_path, options)

    async def _load(self, model_path: str | HubFile, options: Struct) -> Any:
        model = await self._worker.load_model(plain_name(model_path), options_in(options, ModelOptions))
        return to_builtins(describe_model(model))

    async def _create_context(self, payload: Any) -> Any:
        """`{contextSize, sequences, batchSize}`."""
        context = await self._worker.create_context(_read(payload, ContextOptions))
        return {
            "contextSize": context.context_size,
            "sequences": context.sequences,
            "batchSize": context.batch_size,
        }

    async def _initialize_session(self, payload: Any) -> None:
        await self._worker.initialize_session(_read(payload, SessionOptions))

    async def _prompt(self, payload: Any) -> Any:
        """The reply: `{text, finishReason, usage, ...}`."""
        question = _read(payload, PromptPayload)
        return to_builtins(await self._worker.prompt(question.prompt, question.options))

    async def _send_prompt(self, payload: Any) -> str:
        """The operation's id; `worker.operation(id)` and `worker.on` tell the rest."""
        question = _read(payload, PromptPayload)
        return self._worker.send_prompt(question.prompt, question.options)

    async def _unload_model(self, payload: Any) -> None:
        await self._worker.unload_model(_read(payload, UnloadModelPayload).model_path)

    async def _download_model(self, payload: Any) -> str:
        """The path of the file."""
        return str(await self._worker.download_model(plain_name(_read(payload, HubFile))))


def _read(payload: Any, kind: type[Payload]) -> Payload:
    try:
        return convert({} if payload is None else payload, kind)
    except ValidationError as error:
        what, _, path = str(error).partition(" - at `$.")
        where = path.rstrip("`") or None
        raise InvalidOptionsError(f"The payload is invalid: {what[:1].lower()}{what[1:]}.", path=where) from error
