"""What the bot needs of a chat service, in the shape of discord.py's, and a message that grows."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Protocol


class Author(Protocol):
    @property
    def id(self) -> Hashable: ...
    @property
    def display_name(self) -> str: ...


class Sent(Protocol):
    async def edit(self, *, content: str) -> object: ...


class Channel(Protocol):
    @property
    def id(self) -> Hashable: ...
    async def send(self, content: str) -> Sent: ...


class Message(Protocol):
    @property
    def content(self) -> str: ...
    @property
    def author(self) -> Author: ...
    @property
    def channel(self) -> Channel: ...


@dataclass(frozen=True)
class Limits:
    """`waiting` questions in a channel, `of_one` of them by the same user; at most one edit in so many seconds, and so
    many characters in a message, as the service wants it."""

    waiting: int = 8
    of_one: int = 2
    edit_every: float = 1.0
    message: int = 2000


class Growing:
    """A message that is edited while it grows, and goes on in another one where it is full."""

    def __init__(self, channel: Channel, limits: Limits) -> None:
        self._channel, self._limits = channel, limits
        self._text = ""
        self._sent: Sent | None = None
        self._shown_at = 0.0

    async def add(self, text: str) -> None:
        self._text += text
        if asyncio.get_running_loop().time() - self._shown_at >= self._limits.edit_every:
            await self._show(" ...")

    async def wait_with(self, text: str) -> None:
        """What stands there until the answer begins."""
        await self._put(text)

    async def finish(self, text: str = "") -> None:
        self._text = (self._text + text) or "(nothing)"
        await self._show()

    async def _show(self, end: str = "") -> None:
        room = self._limits.message - len(end)
        while len(self._text) > room:
            await self._put(self._text[:room])
            self._text, self._sent = self._text[room:], None
        await self._put(self._text + end)
        self._shown_at = asyncio.get_running_loop().time()

    async def _put(self, content: str) -> None:
        if self._sent is None:
            self._sent = await self._channel.send(content)
        else:
            await self._sent.edit(content=content)
