"""One answer on standard output."""

from __future__ import annotations

import sys

from ..worker.operations.operation import Operation
from ..worker.reply import Reply
from .terminal import Interrupts, print_figures


async def show_answer(answer: Operation[Reply, str], interrupts: Interrupts) -> Reply:
    """Stream an answer, then print its figures; Ctrl-C stops it."""
    with interrupts.stops(answer):
        async for text in answer:
            sys.stdout.write(text)
            sys.stdout.flush()
        reply = await answer
    sys.stdout.write("\n")
    sys.stdout.flush()
    print_figures(reply)
    return reply
