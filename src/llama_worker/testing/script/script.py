"""Which reply comes next."""

from __future__ import annotations

import inspect
import re
import threading
from collections.abc import Callable
from typing import Any, Literal, get_args

from msgspec import Struct

from .fitting import fitting_reply
from .replies import Answering, FakeReply, Given, checked
from .request import FakeRequest

Then = Literal["fail", "repeat", "cycle"]
Wanted = str | re.Pattern[str] | Callable[[FakeRequest], bool]


class NoReplyLeft(Exception):
    """The fake model was asked more often than it has replies."""


class Rule(Struct, frozen=True):
    """What is said whenever it is `wanted`: a text that the user's contains, a pattern found in it, or a function that
    says whether."""

    wanted: Wanted
    given: FakeReply | Answering

    def fits(self, request: FakeRequest) -> bool:
        if isinstance(self.wanted, str):
            return self.wanted.casefold() in request.text.casefold()
        if isinstance(self.wanted, re.Pattern):
            return self.wanted.search(request.text) is not None
        return self.wanted(request)


class Script:
    """Rules first, in their order; then the replies, one for each request.

    After the last one: "fail" refuses, "repeat" says it again, "cycle" begins anew. A function at the end is asked
    every time. With neither rules nor replies it says what fits.
    """

    def __init__(self, replies: tuple[Given | Answering, ...], then: Then) -> None:
        if then not in get_args(Then):
            raise ValueError(f'then={then!r} is none of "fail", "repeat" and "cycle".')
        self._replies = [checked(reply) for reply in replies]
        self._then = then
        self._rules: list[Rule] = []
        self._next = 0
        self._lock = threading.Lock()

    @property
    def left(self) -> int:
        """How many replies nobody has asked for yet; a function that is asked every time is none."""
        last = 1 if self._replies and callable(self._replies[-1]) else 0
        return max(0, len(self._replies) - last - self._next)

    def add(self, *replies: Given | Answering) -> None:
        """More replies, after those that there are. Raises TypeError for what is none."""
        self._replies += [checked(reply) for reply in replies]

    def add_rule(self, rule: Rule) -> None:
        """One more, after those that there are."""
        self._rules.append(rule)

    async def reply(self, request: FakeRequest) -> FakeReply:
        """Raises `NoReplyLeft`, TypeError for what is no reply, and what a function raises."""
        return await _said(self._chosen(request), request)

    def _chosen(self, request: FakeRequest) -> Any:
        for rule in self._rules:
            if rule.fits(request):
                return rule.given
        if not self._replies:
            if self._rules:
                raise NoReplyLeft(f"The fake model has no reply to {_shown(request)}: none of its rules fits.")
            return fitting_reply
        with self._lock:
            return self._of_order(request)

    def _of_order(self, request: FakeRequest) -> Any:
        last = len(self._replies) - 1
        at, self._next = self._next, self._next + 1
        if at <= last:
            return self._replies[at]
        if self._then == "cycle":
            return self._replies[at % (last + 1)]
        if self._then == "repeat" or callable(self._replies[last]):
            return self._replies[last]
        raise NoReplyLeft(
            f"The fake model has no reply left: it was given {last + 1}, and request {at + 1} asks {_shown(request)}. "
            'Give it more, or say then="repeat".'
        )


async def _said(given: Any, request: FakeRequest) -> FakeReply:
    while not isinstance(said := checked(given), FakeReply):
        given = said(request)
        if inspect.isawaitable(given):
            given = await given
    return said


def _shown(request: FakeRequest) -> str:
    text = request.text
    return repr(text if len(text) <= 80 else f"{text[:80]}...")
