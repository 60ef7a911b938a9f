"""One answer on standard output."""

from __future__ import annotations

import sys

from ..messages.events import ReasoningDelta, TextDelta
from ..worker.operations.operation import Operation
from ..worker.reply import Reply
from .terminal import Interrupts, console, print_figures


async def show_answer(answer: Operation[Reply, str], interrupts: Interrupts) -> Reply:
    """Stream an answer, then print its figures; Ctrl-C stops it, or first, in front of a person, what it thinks."""
    thought = False
    with interrupts.stops(answer):
        async for event in answer.events():
            if isinstance(event, TextDelta):
                interrupts.thinks = False
                sys.stdout.write(event.text)
                sys.stdout.flush()
            elif isinstance(event, ReasoningDelta) and console.is_terminal and not thought:
                thought = interrupts.thinks = True
                console.print("Thinking... (Ctrl-C: answer now)", style="dim", highlight=False)
        reply = await answer
    sys.stdout.write("\n")
    sys.stdout.flush()
    print_figures(reply)
    return reply


async def answered(answer: Operation[Reply, str], interrupts: Interrupts) -> int:
    """Show the answer that a command is for; gives the command's exit code."""
    reply = await show_answer(answer, interrupts)
    return 130 if reply.finish_reason == "abort" else 0
