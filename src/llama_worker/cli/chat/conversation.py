"""What a chat is about: its model, what was said, and what the next message shows."""

from __future__ import annotations

from pathlib import Path

from msgspec import structs

from ...errors import InvalidOptionsError, LlamaWorkerError, OperationAborted
from ...messages.mcp import McpServerInfo
from ...worker.chat.session import ChatSession
from ...worker.conversation import Message
from ...worker.media.readable import check_readable
from ...worker.media.values import Audio, Content, Image
from ...worker.model import Model
from ...worker.worker import LlamaWorker
from ..answer import Manner, show_answer
from ..approvals import Approvals
from ..interrupts import Interrupts
from ..named_choices import ModelChoices, NamedChoices
from ..output.texts import say
from ..progress import watch_load


class Conversation:
    """`media` goes with the next message. An error of an answer is told and the conversation goes on."""

    def __init__(self, worker: LlamaWorker, choices: NamedChoices, manner: Manner, interrupts: Interrupts) -> None:
        self._worker, self._choices = worker, choices
        self._manner, self._interrupts = manner, interrupts
        self._model: Model | None = None
        self._session: ChatSession | None = None
        self._chosen: ModelChoices | None = None
        self._approve = Approvals(interrupts) if choices.servers else None
        self.name = ""
        self.media: list[Image | Audio] = []

    @property
    def session(self) -> ChatSession:
        assert self._session is not None
        return self._session

    @property
    def waiting(self) -> int:
        """How many pictures and sounds go with the next message."""
        return len(self.media)

    @property
    def system_prompt(self) -> str | None:
        return self.session.system_prompt

    async def use(self, name: str) -> None:
        """Go on with another model, which gets to know what was said; the one before is given up when it is there.

        Raises `LlamaWorkerError`, and stays with the model that it has.
        """
        chosen = self._choices.of(name)
        load = self._worker.load_model(chosen.name, chosen.model)
        with self._interrupts.stops(load):
            model = await watch_load(load, name, quiet=self._manner.quiet)
        before, self._model, self._chosen, self.name = self._model, model, chosen, name
        if self._session is None:
            self._session = await model.create_session(chosen.session)
        elif model is not before:
            system = self._session.system_prompt
            await self._begin(self._session.get_chat_history(), system)
            if before is not None:
                await before.unload()

    def attach(self, media: Image | Audio) -> None:
        """Let it go with the next message. Raises `MediaNotSupportedError` where the model cannot read it."""
        assert self._model is not None
        check_readable([{"role": "user", "content": [media.part]}], self._model.runtime.guard.modalities)
        self.media.append(media)

    async def say_system(self, text: str | None) -> None:
        """Another system prompt, for what was said so far too."""
        said = [message for message in self.session.get_chat_history() if message["role"] != "system"]
        system: list[Message] = [{"role": "system", "content": text}] if text else []
        await self._begin([*system, *said], text)

    async def save(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        await self.session.save(path)

    async def load(self, path: Path) -> int:
        """A conversation out of a file, had with whatever model; gives how many messages it has."""
        assert self._model is not None
        self._session = await self._model.load_session(path, any_model=True)
        return len(self._session.get_chat_history())

    async def tools(self) -> list[McpServerInfo]:
        return await self._worker.list_mcp_servers()

    def forget(self) -> None:
        self.media.clear()
        self.session.reset_chat_history()

    async def ask(self, text: str) -> None:
        """Show the answer, to what the persona makes of the text. A crashed engine is started by the next question."""
        assert self._chosen is not None
        asked = self._choices.persona.asks(text) or text
        content: Content = [asked, *self.media] if self.media else asked
        try:
            answer = self.session.prompt(content, self._chosen.prompt, stop_on_abort=True, approve=self._approve)
            await show_answer(answer, self._interrupts, self._manner)
            self.media.clear()
        except LlamaWorkerError as error:
            tell(error)

    async def _begin(self, messages: list[Message], system_prompt: str | None) -> None:
        assert self._model is not None
        assert self._chosen is not None
        options = structs.replace(self._chosen.session, system_prompt=system_prompt)
        session = await self._model.create_session(options)
        session.set_chat_history(messages)
        self._session = session


def tell(error: LlamaWorkerError) -> None:
    """One sentence, and the conversation goes on."""
    stopped = isinstance(error, OperationAborted) and not isinstance(error, InvalidOptionsError)
    say("Stopped." if stopped else f"error: {error.message}", err=True)
