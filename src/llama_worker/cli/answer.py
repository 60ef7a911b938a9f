"""One answer on standard output."""

from __future__ import annotations

import sys

from msgspec import Struct

from ..messages.events import ReasoningDelta, TextDelta, ToolCalled, ToolReturned
from ..worker.operations.operation import Operation
from ..worker.reply import Reply
from .interrupts import Interrupts
from .output.consoles import console
from .output.documents import print_json
from .output.texts import harmless, on_terminal, tame

_LONGEST_RESULT = 200


class Manner(Struct, frozen=True):
    """How an answer is shown: `quiet` without its figures, `thinking` with what the model thinks, or `as_json`."""

    quiet: bool = False
    thinking: bool = False
    as_json: bool = False


class _Screen:
    """Where an answer appears piece by piece; what the model thinks goes to standard error."""

    def __init__(self, interrupts: Interrupts, manner: Manner) -> None:
        self._interrupts, self._manner = interrupts, manner
        self._on_terminal = on_terminal(sys.stdout)
        self._thought = False
        self._last = "\n"
        self._calls: dict[str, str] = {}

    def text(self, text: str) -> None:
        self._interrupts.thinks = False
        self._end_of_thoughts()
        self._last = text[-1:] or self._last
        sys.stdout.write(tame(text) if self._on_terminal else text)
        sys.stdout.flush()

    def thought(self, text: str) -> None:
        first, self._thought = not self._thought, True
        if console.is_terminal:
            self._interrupts.thinks = True
        if self._manner.thinking:
            console.print(tame(text), style="dim", end="", markup=False, highlight=False, soft_wrap=True)
        elif first and console.is_terminal:
            console.print("Thinking... (Ctrl-C: answer now)", style="dim", highlight=False)

    def call(self, event: ToolCalled | ToolReturned) -> None:
        """One line for each call that has an end."""
        if isinstance(event, ToolCalled):
            self._calls[event.id] = event.arguments
        elif not self._manner.quiet:
            self.end(whole=False)
            result = " ".join(harmless(event.result).split())
            shown = result if len(result) <= _LONGEST_RESULT else f"{result[:_LONGEST_RESULT]}..."
            called = harmless(f"{event.name} {self._calls.get(event.id, '')}")
            console.print(f"{called} -> {shown}", style="dim", markup=False, highlight=False)

    def end(self, *, whole: bool) -> None:
        """A line of its own for whatever comes next."""
        self._end_of_thoughts()
        if whole or self._last != "\n":
            sys.stdout.write("\n")
            sys.stdout.flush()

    def _end_of_thoughts(self) -> None:
        if self._thought and self._manner.thinking:
            console.print("\n")
        self._thought = False


async def show_answer(answer: Operation[Reply, str], interrupts: Interrupts, manner: Manner) -> Reply:
    """Stream an answer, then print its figures; Ctrl-C stops it, or first, in front of a person, what it thinks."""
    screen, ended = _Screen(interrupts, manner), False
    try:
        with interrupts.stops(answer):
            async for event in answer.events():
                if isinstance(event, TextDelta):
                    screen.text(event.text)
                elif isinstance(event, ReasoningDelta):
                    screen.thought(event.text)
                elif isinstance(event, ToolCalled | ToolReturned):
                    screen.call(event)
            reply = await answer
        ended = True
    finally:
        screen.end(whole=ended)
    if not manner.quiet:
        print_figures(reply)
    return reply


async def answered(answer: Operation[Reply, str], interrupts: Interrupts, manner: Manner) -> int:
    """Show the answer that a command is for; gives the command's exit code."""
    if manner.as_json:
        with interrupts.stops(answer):
            reply = await answer
        print_json(reply)
    else:
        reply = await show_answer(answer, interrupts, manner)
    return 130 if reply.finish_reason == "abort" else 0


def print_figures(reply: Reply) -> None:
    """One line about the speed of an answer."""
    usage, timings = reply.usage, reply.timings
    cached = f" ({usage.cached_tokens} cached)" if usage.cached_tokens else ""
    ended = {"abort": " · stopped", "length": " · cut at max tokens"}.get(reply.finish_reason, "")
    console.print(
        f"{usage.prompt_tokens} prompt tokens{cached} in {timings.prompt_seconds:.2f} s · "
        f"{usage.completion_tokens} tokens at {timings.tokens_per_second:.1f} tokens/s{ended}",
        style="dim",
        highlight=False,
    )
