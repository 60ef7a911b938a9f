"""examples/bot, in its own chat service: real sockets, the real engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaOptions
from tests.examples.load import load

local_chat = load("bot", "local_chat")
run_local = load("bot", "run_local")
LIMITS = load("bot", "chat").Limits(waiting=3, of_one=2, edit_every=0, message=200)


class Room:
    """What stands in each channel, as somebody sees it who reads everything."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.lines: dict[int, tuple[str, str, str]] = {}
        self.edits = 0
        self.people: dict[str, Any] = {}
        self._changed = asyncio.Event()

    async def listen(self, client: Any) -> None:
        async for message in client:
            self.edits += message.id in self.lines
            author = self.lines[message.id][1] if message.id in self.lines else message.author.id
            self.lines[message.id] = (message.channel.id, author, message.content)
            self._changed.set()

    async def say(self, name: str, text: str, channel: str = "general") -> None:
        if name not in self.people:
            self.people[name] = await local_chat.Client.connect(name, self.port)
        await self.people[name].send(local_chat.Channel(self.people[name], channel), text)

    def answers(self, channel: str = "general") -> list[str]:
        return [text for where, who, text in self.lines.values() if (where, who) == (channel, "llama")]

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(60):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def room(model: Path | str, limits: Any = LIMITS) -> AsyncIterator[Room]:
    """The service, the bot in it, and a reader."""
    server = await local_chat.Server().start(0)
    port = server.sockets[0].getsockname()[1]
    running = asyncio.create_task(run_local.main(str(model), port, limits, LlamaOptions()))
    reader = await local_chat.Client.connect("reader", port)
    room = Room(port)
    listening = asyncio.create_task(room.listen(reader))
    try:
        await answering(room)
        yield room
    finally:
        running.cancel()
        listening.cancel()
        await asyncio.wait([running, listening])
        for client in (reader, *room.people.values()):
            await client.close()
        server.close()


async def answering(room: Room) -> None:
    """The bot is there, and has loaded its model or failed to."""
    while not room.answers("door"):  # nobody hears what was said before he came
        await room.say("owner", "!ask Hello!", "door")
        await asyncio.sleep(0.05)
    await room.until(lambda: not room.answers("door")[0].endswith("..."))


async def test_questions_are_answered_while_others_ask() -> None:
    async with room("builtin") as chat:
        await chat.say("ana", "!ask What is the capital of Portugal?")
        await chat.say("bob", "!ask What is the capital of Japan?", "travel")
        await chat.until(lambda: "Lisbon." in "".join(chat.answers()) and "Tokyo." in "".join(chat.answers("travel")))
        await chat.say("ana", "!reset")
        await chat.until(lambda: "forgotten" in chat.answers()[-1])
        await chat.say("ana", "!model /nowhere.gguf")
        await chat.say("ana", "!ask")
        await chat.until(lambda: "!stop" in chat.answers()[-1])  # only the owner's `!model` is answered


def test_the_next_question_is_by_whom_was_answered_longest_ago() -> None:
    line = load("bot", "bot").Line()
    client = object()
    for text in ("ana 1", "ana 2", "ana 3", "bob 1", "carla 1", "bob 2"):
        author = local_chat.Author(text.split()[0])
        line.waiting.append(local_chat.Message(0, text, author, local_chat.Channel(client, "general")))
    order = [line.next().content for _ in range(6)]
    assert order == ["ana 1", "bob 1", "carla 1", "ana 2", "bob 2", "ana 3"]


@pytest.mark.slow
async def test_users_take_turns_and_nobody_asks_too_much(slow_model_path: Path) -> None:
    """Ana's long answer is stopped by her alone; then Bob is next, though she has asked before him."""
    async with room(slow_model_path) as chat:
        await chat.say("ana", "!ask one")
        await chat.until(chat.answers)
        for name, question in (("ana", "two"), ("ana", "three"), ("ana", "four"), ("bob", "five"), ("carla", "six")):
            await chat.say(name, f"!ask {question}")
        await chat.until(lambda: any("ask again" in text for text in chat.answers()))
        assert any("2 questions of yours" in text for text in chat.answers())
        await chat.say("bob", "!stop")
        await chat.until(lambda: chat.edits > 3)
        await chat.say("ana", "!stop")
        await chat.until(lambda: any(text.endswith("(stopped)") for text in chat.answers()))
        await chat.say("ana", "!stop")
        await chat.say("bob", "!stop")
        await chat.until(lambda: sum(text.endswith("(stopped)") for text in chat.answers()) == 2)
        assert all(len(text) <= LIMITS.message for text in chat.answers())


@pytest.mark.slow
async def test_a_bad_file_is_an_answer_and_the_owner_loads_another(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF")
    async with room(broken) as chat:
        assert "`invalid_model`" in chat.answers("door")[-1]
        await chat.say("owner", "!model builtin")
        await chat.until(lambda: "builtin" in "".join(chat.answers()))
        await chat.say("ana", "!ask What is the capital of Portugal?")
        await chat.until(lambda: "Lisbon." in "".join(chat.answers()))
