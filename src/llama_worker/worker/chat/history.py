"""A session's history: what was said, what the model sees of it, and its entry in the journal."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Self

from ...errors import LlamaWorkerError
from ...options import PromptOptions, SessionOptions
from ..conversation import Message
from ..generation.prompt_arguments import PromptArguments
from ..journal.entry import Conversation, Entry
from ..journal.recorder import Recorder
from .context_window import ContextWindow
from .session_file import SessionRecord


class History:
    """`messages` are replaced and never changed. Every change is noted for the journal."""

    def __init__(
        self,
        options: SessionOptions,
        recorder: Recorder,
        messages: list[Message] | None = None,
        window: ContextWindow | None = None,
    ) -> None:
        self._options = options
        self.recorder = recorder
        self.messages = self._beginning() if messages is None else messages
        self.window = window or ContextWindow()
        self._coming: Sequence[Message] = ()
        self._prompt_options = PromptOptions()
        self._functions: tuple[str, ...] = ()

    @classmethod
    def restored(cls, record: SessionRecord, recorder: Recorder) -> Self:
        """Out of a file, and into the journal."""
        history = cls(record.options, recorder, record.history, ContextWindow(record.instead, record.covered))
        history.note()
        return history

    @classmethod
    def resumed(cls, entry: Entry, recorder: Recorder) -> Self:
        """Out of the journal; a turn that had not ended is closed."""
        said = entry.conversation
        history = cls(entry.options, recorder, said.history(), ContextWindow(said.instead, said.covered))
        history._prompt_options, history._functions = said.prompt_options, said.functions
        return history

    def view(self) -> list[Message]:
        """The messages that the model sees."""
        return self.window.view(self.messages)

    def replace(self, messages: list[Message]) -> None:
        self.messages, self.window, self._coming = messages, ContextWindow(), ()
        self.note()

    def reset(self) -> None:
        self.replace(self._beginning())

    def forked(self, recorder: Recorder) -> History:
        """A copy that goes its own way."""
        other = History(self._options, recorder, copy.deepcopy(self.messages), self.window)
        other._prompt_options, other._functions = self._prompt_options, self._functions
        other.note()
        return other

    @asynccontextmanager
    async def turn(self, new: Sequence[Message], arguments: PromptArguments) -> AsyncIterator[OpenTurn]:
        """A turn that begins with the messages `new`. At the end of the block the history is in the journal; an error
        of the block goes before an error of writing it."""
        self._prompt_options, self._functions = arguments.as_json, tuple(arguments.functions or ())
        turn = OpenTurn(self, new)
        try:
            turn.note(())
            await self.recorder.flush()
            yield turn
        except BaseException:
            with suppress(LlamaWorkerError):
                await self._settle()
            raise
        await self._settle()

    def come(self, messages: Sequence[Message]) -> None:
        """Messages of a turn that has not ended."""
        self._coming = messages
        self.note()

    def note(self) -> None:
        """Have the journal told what the conversation is now."""
        self.recorder.note(
            Conversation(
                messages=[*self.messages, *self._coming],
                settled=len(self.messages),
                instead=self.window.instead,
                covered=self.window.covered,
                prompt_options=self._prompt_options,
                functions=self._functions,
            )
        )

    async def _settle(self) -> None:
        self.come(())
        await self.recorder.flush()

    def _beginning(self) -> list[Message]:
        prompt = self._options.system_prompt
        return [{"role": "system", "content": prompt}] if prompt is not None else []


class OpenTurn:
    """A turn on its way into a history; when that is replaced meanwhile, nothing of the turn comes into it."""

    def __init__(self, history: History, new: Sequence[Message]) -> None:
        self._history = history
        self._before = history.messages
        self._new = new

    def note(self, messages: Sequence[Message]) -> None:
        """What came of it so far."""
        if self._history.messages is self._before:
            self._history.come([*self._new, *messages])

    async def flush(self) -> None:
        """Return when the journal has what was noted."""
        await self._history.recorder.flush()

    def remember(self, messages: Sequence[Message], seen: Sequence[Message] | None) -> None:
        """All that came of it, if anything; `seen` is what the model saw of the conversation, when that is less."""
        if self._history.messages is not self._before or not messages:
            return
        self._history.messages = [*self._before, *self._new, *messages]
        if seen is not None:
            self._history.window = ContextWindow(seen, len(self._history.messages))
