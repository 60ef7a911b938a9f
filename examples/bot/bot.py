"""A bot for a chat service: a bounded queue for each channel, users in turn, answers that grow while they are written.

It knows no service: it takes messages in the shape of discord.py's (chat.py). See `run_discord.py` and `run_local.py`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from chat import Author, Growing, Limits, Message

from llama_worker import ChatSession, LlamaWorker, Model, Operation, errors

HELP = "`!ask QUESTION`, `!stop` your answer, `!reset` the conversation"


@dataclass
class Line:
    """The questions of a channel, and its conversation. The next one is by whom was answered longest ago."""

    waiting: deque[Message] = field(default_factory=deque)
    answered: dict[Hashable, int] = field(default_factory=dict)  # by user: when, in answers
    session: ChatSession | None = None
    current: tuple[Hashable, Operation[Any, str]] | None = None
    working: asyncio.Task[None] | None = None

    def next(self) -> Message:
        message = min(self.waiting, key=lambda one: self.answered.get(one.author.id, -1))
        self.waiting.remove(message)
        self.answered[message.author.id] = max(self.answered.values(), default=-1) + 1
        return message

    def refusal(self, author: Author, limits: Limits) -> str | None:
        if sum(one.author.id == author.id for one in self.waiting) >= limits.of_one:
            return f"{author.display_name}, {limits.of_one} questions of yours wait already: these come first."
        if len(self.waiting) >= limits.waiting:
            return f"{author.display_name}, {limits.waiting} questions wait already: please ask again in a minute."
        return None


class Bot:
    """Answers in any number of channels at once; the model's own queue is fair between them."""

    def __init__(self, worker: LlamaWorker, limits: Limits | None = None, owner: Hashable = None) -> None:
        self._worker = worker
        self._limits = limits or Limits()
        self._owner = owner  # who may change the model
        self._model: Model | None = None
        self._trouble = ""
        self._tried = asyncio.Event()  # to load a model
        self._lines: dict[Hashable, Line] = {}

    async def load(self, name: str) -> str:
        """What came of it, as a sentence. With a file that is no model the bot goes on with the one that it has."""
        try:
            self._model = await self._worker.load_model(name)
        except errors.LlamaWorkerError as error:
            self._trouble = f"{error} (`{error.code}`)"
            return self._trouble
        finally:
            self._tried.set()
        for line in self._lines.values():
            line.session = None
        return f"Now with {self._model.name}."

    async def on_message(self, message: Message) -> None:
        command, _, text = message.content.strip().partition(" ")
        line = self._lines.setdefault(message.channel.id, Line())
        if command == "!ask" and text.strip():
            await self._take(line, message)
        elif command == "!stop" and line.current is not None and line.current[0] == message.author.id:
            line.current[1].abort()
        elif command == "!reset" and line.session is not None:
            line.session.reset_chat_history()
            await message.channel.send("I have forgotten what was said here.")
        elif command == "!model" and message.author.id == self._owner is not None:
            await message.channel.send(await self.load(text.strip()))
        elif command in {"!ask", "!help"}:
            await message.channel.send(HELP)

    async def close(self) -> None:
        """Answers that are on their way end; what was said of them stands."""
        tasks = [line.working for line in self._lines.values() if line.working is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _take(self, line: Line, message: Message) -> None:
        if refusal := line.refusal(message.author, self._limits):
            await message.channel.send(refusal)
            return
        line.waiting.append(message)
        if line.working is None or line.working.done():
            line.working = asyncio.create_task(self._work(line))
        elif len(line.waiting) > 1 or line.current is not None:
            await message.channel.send(f"{message.author.display_name}, {len(line.waiting)} in the queue.")

    async def _work(self, line: Line) -> None:
        while line.waiting:
            message = line.next()
            growing = Growing(message.channel, self._limits)
            try:
                await self._answer(line, message, growing)
            except errors.OperationAborted:
                await growing.finish(" (stopped)")
            except errors.LlamaWorkerError as error:  # of this answer; the next question is answered again
                await growing.finish(f" {error} (`{error.code}`)")

    async def _answer(self, line: Line, message: Message, growing: Growing) -> None:
        if not self._tried.is_set():
            await growing.wait_with("The model is still loading...")
            await self._tried.wait()
        if self._model is None:
            return await growing.finish(self._trouble)
        if line.session is None:
            line.session = await self._model.create_session(system_prompt="You are helpful.")
        question = message.content.strip().removeprefix("!ask").strip()
        operation = line.session.prompt(question, max_tokens=600)
        line.current = (message.author.id, operation)
        try:
            async for text in operation:  # leaving it, as `close` does, stops the engine
                await growing.add(text)
            await operation
        finally:
            line.current = None
        await growing.finish()
