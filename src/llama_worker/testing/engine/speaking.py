"""A reply, piece by piece, with all that happens between two pieces."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

from ..script.faults import Fault
from ..script.gate import Gate
from ..script.replies import FakeReply
from .forms import Spoken
from .template import CALL_END, call_beginning
from .tokens import pieces


class Struck(Exception):
    """A fault of the reply is due."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


async def spoken(reply: FakeReply, said: int, reasoned: int, *, as_text: bool) -> AsyncIterator[Spoken]:
    """The pieces, after so many characters of text that were `said` before, and of reasoning. `as_text` writes calls
    out, as a model does. Raises `Struck`."""
    count = 0
    for piece in _after(_pieces(reply, as_text=as_text), said, reasoned):
        if reply.fault and count >= reply.fault.after:
            raise Struck(reply.fault)
        if isinstance(piece, Gate):
            await piece.passed()
        elif isinstance(piece, Spoken):
            if reply.delay:
                await asyncio.sleep(reply.delay)
            yield piece
            count += 1
        else:
            await asyncio.sleep(piece)
    if reply.fault:
        raise Struck(reply.fault)


def _pieces(reply: FakeReply, *, as_text: bool) -> Iterator[Spoken | Gate | float]:
    if not as_text:
        yield from (Spoken(piece, reasoning=True) for piece in pieces(reply.reasoning, special=False))
    for piece in reply.pieces or pieces(reply.text, special=False):
        yield Spoken(piece) if isinstance(piece, str) else piece
    for index, call in enumerate(reply.calls):
        if as_text:
            text = call_beginning(call.name) + call.json + CALL_END
            yield from (Spoken(piece) for piece in pieces(text))
        else:
            yield Spoken("", call=index, name=call.name)
            yield from (Spoken(piece, call=index) for piece in pieces(call.json, special=False))


def _after(every: Iterator[Spoken | Gate | float], said: int, reasoned: int) -> Iterator[Spoken | Gate | float]:
    left = {False: said, True: reasoned}
    for piece in every:
        if not isinstance(piece, Spoken) or piece.call is not None:
            yield piece
            continue
        skipped = min(left[piece.reasoning], len(piece.text))
        left[piece.reasoning] -= skipped
        if skipped < len(piece.text):
            yield Spoken(piece.text[skipped:], piece.reasoning)
