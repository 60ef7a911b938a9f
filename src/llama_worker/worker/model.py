"""A loaded model, and how much it can keep in mind."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Unpack

from ..messages.events import Progress
from ..messages.values import ModelInfo, ModelSettings
from ..options import ContextOptions, PromptOptions, SessionOptions, build_options
from ..options.keywords import ContextKeywords
from ..options.signatures import lists_options
from .abilities.embeddings import EmbeddingAbilities
from .abilities.infill import InfillAbilities
from .abilities.rendering import RenderingAbilities
from .abilities.speech import SpeechAbilities
from .abilities.tokens import TokenAbilities
from .chat.history import History
from .chat.saving import load_session
from .chat.session import ChatSession
from .chat.session_keywords import SessionKeywords
from .chat.turn import Turn
from .conversation import check_messages, check_text, with_system_prompt
from .generation.completion import Completion, check_completion
from .generation.prompt_arguments import PromptArguments
from .generation.prompt_keywords import CompletionKeywords, PromptKeywords
from .journal.recorder import Recorder
from .operations.operation import Operation
from .reply import Parsed, Reply
from .runtime import ModelRuntime


@lists_options
class Model(EmbeddingAbilities, InfillAbilities, TokenAbilities, RenderingAbilities, SpeechAbilities):
    """A model whose engine is kept running; created by `worker.load_model()`.

    When the engine dies, what was running fails with `EngineDiedError` and the next request starts it again.
    """

    def __init__(self, runtime: ModelRuntime) -> None:
        super().__init__(runtime)
        self.id = uuid.uuid4().hex

    def __repr__(self) -> str:
        size, state = self.runtime.settings.context_size, "" if self.loaded else ", unloaded"
        return f"<Model {self.name} (context of {size} tokens{state})>"

    @property
    def name(self) -> str:
        """As it was asked for."""
        return self.runtime.loaded_files.name

    @property
    def public_name(self) -> str:
        """What the model is called towards others; no path."""
        return self.runtime.settings.alias

    @property
    def path(self) -> Path:
        """Its file, or the first of them."""
        return self.runtime.loaded_files.files.path

    @property
    def loaded(self) -> bool:
        return self.runtime.loaded

    @property
    def pid(self) -> int | None:
        """The engine's process id, None while it is not running."""
        return self.runtime.pid

    @property
    def sequences(self) -> int:
        """Requests that are computed at once."""
        return self.runtime.settings.sequences

    @property
    def info(self) -> ModelInfo:
        """What the file and the settings say."""
        return self.runtime.info

    @property
    def settings(self) -> ModelSettings:
        """What its engine is told: what was asked for, else what suits model and machine."""
        return self.info.settings

    def create_context(
        self, options: ContextOptions | None = None, /, **changes: Unpack[ContextKeywords]
    ) -> Operation[Context, Progress]:
        """Set how much the model keeps in mind and for how many at once.

        What differs from the running engine's settings restarts it, which aborts what it is doing. Awaiting it raises
        `InsufficientMemoryError` when that would not fit; the model then goes on as it was.
        """
        checked = build_options(ContextOptions, options, changes)

        async def create(operation: Operation[Context, Progress]) -> Context:
            await self.runtime.reconfigure(checked, operation)
            return Context(self)

        return self.runtime.run("create_context", create)

    def create_session(
        self, options: SessionOptions | None = None, /, **changes: Unpack[SessionKeywords]
    ) -> Operation[ChatSession, Progress]:
        """A new conversation. Raises `InvalidOptionsError` at once.

        `overflow` may also be a function: it gets an `Overflow` and returns the messages that the model is to see.
        """
        given: dict[str, Any] = {**changes}
        strategy = given.pop("overflow") if callable(given.get("overflow")) else None
        checked = build_options(SessionOptions, options, given)

        async def create(operation: Operation[ChatSession, Progress]) -> ChatSession:
            return ChatSession(self, checked, strategy)

        return self.runtime.run("create_session", create)

    def complete(
        self,
        prompt: str,
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[CompletionKeywords[Parsed]],
    ) -> Operation[Reply[Parsed], str]:
        """Continue `prompt` as it stands, without a chat template. Raises `InvalidOptionsError` at once.

        `response_format` is as in `ChatSession.prompt`.
        """
        arguments = PromptArguments.read(options, changes)
        check_completion(prompt, arguments)
        completion = Completion(self.runtime.generation(owner=self), prompt, arguments)
        return self.runtime.generate("completion", completion.run, completion.partial, arguments.options)

    def chat(
        self,
        messages: Iterable[Mapping[str, Any]],
        options: PromptOptions | PromptArguments | None = None,
        /,
        **changes: Unpack[PromptKeywords[Parsed]],
    ) -> Operation[Reply[Parsed], str]:
        """Answer a list of messages without remembering it. Raises `InvalidOptionsError` at once.

        `system_prompt` is put before messages without one. `functions`, `approve`: as in `ChatSession.prompt`.
        """
        arguments = PromptArguments.read(options, changes).with_effort(self.runtime.guard.template)
        conversation = with_system_prompt(check_messages(messages), arguments.options.system_prompt)
        turn = Turn(self.runtime, self, arguments)

        async def answer(operation: Operation[Reply, str]) -> Reply:
            await turn.open()
            return await turn.run(operation, conversation)

        return self.runtime.generate("chat", answer, turn.partial, arguments.options)

    async def load_session(self, path: str | os.PathLike[str], *, any_model: bool = False) -> ChatSession:
        """A session from a file that `ChatSession.save` wrote.

        Raises `SessionNotFoundError`, `SessionFileError` when it may not be read, `InvalidSessionFileError` when it is
        damaged, too new or of another model; `any_model=True` takes the conversation of another model.
        """
        return await self.restore_session(path, any_model=any_model)

    async def restore_session(
        self, path: str | os.PathLike[str], *, any_model: bool, session_id: str | None = None
    ) -> ChatSession:
        """For ports: `load_session`, under a chosen id."""
        record = await load_session(self.runtime, path, any_model=any_model)
        history = History.restored(record, Recorder(self.runtime.journal, record.options, session_id))
        session = ChatSession(self, record.options, history=history)
        await session.flush()
        return session

    async def resume_session(self, session_id: str, *, any_model: bool = False) -> ChatSession:
        """A session out of the worker's journal, as it was when the program ended; `worker.list_sessions()` tells their
        ids. A turn that was under way is closed: its calls without a result are told so, its answer is empty.
        Raises `InvalidOptionsError` when the worker keeps no journal, else as `load_session`.
        """
        self.runtime.ensure_loaded()
        checked = check_text(session_id, "session_id")
        entry, known = await self.runtime.journal.read(checked, any_model=any_model)
        recorder = Recorder(self.runtime.journal, entry.options, checked, known)
        return ChatSession(self, entry.options, history=History.resumed(entry, recorder))

    async def unload(self) -> None:
        """Abort what is running and end the engine; its memory is free when this returns. Twice is harmless."""
        await self.runtime.unload()


@lists_options
class Context:
    """The memory of a model's engine: so many tokens for each of so many sequences at once."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._settings = model.runtime.settings

    def __repr__(self) -> str:
        return f"<Context of {self._model.name} ({self.context_size} tokens, {self.sequences} sequences)>"

    @property
    def model(self) -> Model:
        return self._model

    @property
    def context_size(self) -> int:
        """Tokens that one sequence holds, prompt and answer together."""
        return self._settings.context_size

    @property
    def sequences(self) -> int:
        """Requests that are computed at once."""
        return self._settings.sequences

    @property
    def batch_size(self) -> int:
        """Prompt tokens computed between two chances to abort."""
        return self._settings.batch_size

    def create_session(
        self, options: SessionOptions | None = None, /, **changes: Unpack[SessionKeywords]
    ) -> Operation[ChatSession, Progress]:
        """As `Model.create_session`."""
        return self._model.create_session(options, **changes)
