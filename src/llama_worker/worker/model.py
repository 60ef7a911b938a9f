"""A loaded model."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from ..engine.engine import Engine
from ..engine.states import LoadProgress
from ..engine.supervisor import EngineSupervisor
from ..errors import InvalidOptionsError, ModelNotLoadedError
from ..models.files import ModelFiles
from ..models.inspect import GgufHeader
from ..options import ContextOptions, LlamaOptions, ModelOptions, PromptOptions, SessionOptions, build_options
from .completion import Completion
from .context import Context
from .direct import DirectAccess
from .events import Event, Progress, progress_of
from .extras import split_extras
from .fingerprint import Fingerprint, fingerprint
from .generation import Generation, text_of
from .history import check_messages
from .memory import require_memory_for
from .operation import Kind, Operation
from .reply import Reply
from .saving import load_session
from .session import ChatSession
from .settings import engine_settings
from .slot_queue import SlotQueue
from .tokens import count_tokens, detokenize, tokenize
from .turn import Turn

Result = TypeVar("Result")


class HasPartial(Protocol):
    def partial(self) -> Reply: ...


class ModelInfo(Struct, frozen=True, rename="camel"):
    """What is known of a loaded model; `size` in bytes, `context_size` and `trained_context_size` in tokens."""

    name: str
    path: str
    size: int
    parameters: int
    context_size: int
    trained_context_size: int
    vocabulary_size: int


class Model(DirectAccess):
    """A model whose engine is kept running; created by `worker.load_model()`.

    When the engine dies, what was running fails with `EngineDiedError` and the next request starts it again.
    """

    def __init__(
        self,
        name: str,
        files: ModelFiles,
        header: GgufHeader,
        llama: LlamaOptions,
        options: ModelOptions,
        supervisor: EngineSupervisor,
        track: Callable[[Operation[Any, Any]], object],
    ) -> None:
        super().__init__(supervisor)
        self.id = uuid.uuid4().hex
        self.name = name
        self.path = files.path
        self._files = files
        self._header = header
        self._llama = llama
        self._options = options
        self._track = track
        self._operations: set[Operation[Any, Any]] = set()
        self._unloaded = False

    def __repr__(self) -> str:
        return f"<Model {self.name}>"

    @property
    def loaded(self) -> bool:
        return not self._unloaded

    @property
    def pid(self) -> int | None:
        """The engine's process id, None while it is not running."""
        engine = self._supervisor.current
        return engine.pid if engine else None

    @property
    def info(self) -> ModelInfo:
        """What the file and the settings say."""
        settings = self._supervisor.settings
        return ModelInfo(
            name=self.path.name,
            path=str(self.path),
            size=self._files.size_bytes,
            parameters=self._header.parameter_count,
            context_size=settings.context_size,
            trained_context_size=self._header.context_length,
            vocabulary_size=self._header.vocab_size,
        )

    def create_context(self, options: ContextOptions | None = None, /, **changes: Any) -> Operation[Context, Event]:
        """Set how much the model keeps in mind and for how many at once.

        What differs from the running engine's settings restarts it, which aborts what it is doing. Awaiting it raises
        `InsufficientMemoryError` when that would not fit; the model then goes on as it was.
        """
        checked = build_options(ContextOptions, options, changes)

        async def create(operation: Operation[Context, Event]) -> Context:
            settings = await asyncio.to_thread(
                engine_settings, self._files, self._header, self._llama, self._options, checked, self.name
            )
            if settings != self._supervisor.settings:
                self._abort_all(but=operation)
                await self._turns_ended()
                await self._supervisor.stop()
                if not self._options.ignore_memory_safety_checks:
                    await asyncio.to_thread(require_memory_for, settings, self._header, self._supervisor.kind)
                await self._supervisor.reconfigure(settings)
                self._queue = SlotQueue(settings.sequences)
            await self._start_engine(operation)
            return Context(self)

        return self._run("create_context", create)

    def create_session(self, options: SessionOptions | None = None, /, **changes: Any) -> Operation[ChatSession, Event]:
        """A new conversation. Raises `InvalidOptionsError` at once.

        `overflow` may also be a function: it gets an `Overflow` and returns the messages that the model is to see.
        """
        strategy = changes.pop("overflow") if callable(changes.get("overflow")) else None
        checked = build_options(SessionOptions, options, changes)

        async def create(operation: Operation[ChatSession, Event]) -> ChatSession:
            return ChatSession(self, checked, strategy)

        return self._run("create_session", create)

    def complete(self, prompt: str, options: PromptOptions | None = None, /, **changes: Any) -> Operation[Reply, str]:
        """Continue `prompt` as it stands, without a chat template. Raises `InvalidOptionsError` at once.

        `response_format` is as in `ChatSession.prompt`.
        """
        extras, changes = split_extras(changes)
        checked = build_options(PromptOptions, options, changes)
        if not isinstance(prompt, str):
            raise InvalidOptionsError(f"The prompt must be text, not {type(prompt).__name__}.", path="prompt")
        if extras.functions is not None:
            raise InvalidOptionsError("A completion cannot call functions: use chat().", path="functions")
        completion = Completion.prepare(self._generation(owner=self), prompt, checked, extras)
        return self._start("completion", completion.run, completion, checked)

    def chat(
        self, messages: Iterable[Mapping[str, Any]], options: PromptOptions | None = None, /, **changes: Any
    ) -> Operation[Reply, str]:
        """Answer a list of messages without remembering it. Raises `InvalidOptionsError` at once.

        `system_prompt` is put before messages that do not begin with one. `functions`, `response_format` and
        `approve` are as in `ChatSession.prompt`.
        """
        extras, changes = split_extras(changes)
        checked = build_options(PromptOptions, options, changes)
        conversation = check_messages(messages)
        if checked.system_prompt is not None and not any(message["role"] == "system" for message in conversation):
            conversation.insert(0, {"role": "system", "content": checked.system_prompt})
        turn = Turn.prepare(self, self, checked, extras)
        return self._start("chat", lambda operation: turn.run(operation, conversation), turn, checked)

    async def load_session(self, path: str | os.PathLike[str], *, any_model: bool = False) -> ChatSession:
        """A session from a file that `ChatSession.save` wrote.

        Raises `SessionNotFoundError`, or `InvalidSessionFileError` when the file is damaged, of a newer version or of
        another model; `any_model=True` takes the conversation of another model.
        """
        return await load_session(self, path, any_model=any_model)

    async def tokenize(self, text: str, *, add_special: bool = False, parse_special: bool = False) -> list[int]:
        """The ids of the tokens of `text`.

        `add_special` puts those before it that the model wants at a beginning (default False); `parse_special` reads
        names of special tokens such as `<|im_end|>` as those tokens (default False).
        """
        return await tokenize(await self._engine(), text, add_special=add_special, parse_special=parse_special)

    async def detokenize(self, tokens: Sequence[int]) -> str:
        """The text of tokens."""
        return await detokenize(await self._engine(), tokens)

    async def count_tokens(self, prompt: str | Iterable[Mapping[str, Any]]) -> int:
        """Tokens of a text, or of a whole conversation as the engine would read it, chat template included."""
        if isinstance(prompt, str):
            return len(await self.tokenize(prompt))
        return await count_tokens(await self._engine(), check_messages(prompt), {})

    async def unload(self) -> None:
        """Abort what is running and end the engine; its memory is free when this returns. Twice is harmless."""
        self._unloaded = True
        self._abort_all()
        for operation in list(self._operations):
            await operation.wait()
        await self._turns_ended()
        await self._supervisor.stop()

    def _generation(self, owner: Hashable) -> Generation:
        self._ensure_loaded()
        return Generation(self._supervisor, self._queue, owner)

    async def _fingerprint(self) -> Fingerprint:
        return await asyncio.to_thread(fingerprint, self._files)

    async def _engine(self) -> Engine:
        self._ensure_loaded()
        return await self._supervisor.engine()

    def _start(
        self, kind: Kind, work: Callable[[Any], Awaitable[Any]], source: HasPartial, options: PromptOptions
    ) -> Operation[Reply, str]:
        """An operation that generates."""
        operation: Operation[Reply, str] = Operation(
            kind,
            work,
            to_item=text_of,
            partial=source.partial,
            partial_is_result=options.stop_on_abort,
            pausable=True,
        )
        return self._keep(operation)

    def _run(self, kind: Kind, work: Callable[[Any], Any]) -> Operation[Any, Event]:
        """An operation of any other kind; it streams its progress."""
        self._ensure_loaded()
        return self._keep(Operation(kind, work, to_item=progress_of))

    def _keep(self, operation: Operation[Result, Any]) -> Operation[Result, Any]:
        self._operations.add(operation)
        operation.add_done_callback(self._operations.discard)
        self._track(operation)
        return operation

    async def _start_engine(self, operation: Operation[Any, Any]) -> None:
        operation.mark("running")
        await self._supervisor.engine(lambda progress: operation.report(_as_event(progress)))

    def _abort_all(self, but: Operation[Any, Any] | None = None) -> None:
        self._end_turns()
        for operation in list(self._operations):
            if operation is not but:
                operation.abort()

    def _ensure_loaded(self) -> None:
        if self._unloaded:
            raise ModelNotLoadedError(f"Model {self.name} was unloaded: load it again.", model=self.name)


def _as_event(progress: LoadProgress) -> Event:
    return Progress(progress.value, progress.stage)
