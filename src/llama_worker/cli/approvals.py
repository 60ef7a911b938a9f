"""A person at a terminal is asked before a tool of somebody else is called."""

from __future__ import annotations

import asyncio
import sys

from ..messages.values import ToolCall
from ..worker.tools.toolbox import CallRefused
from .interrupts import Interrupts
from .output.texts import harmless, on_terminal, say

_LONGEST = 2000
_QUESTION = "Allow it? [y]es, [n]o, [a]lways in this conversation: "


class Approvals:
    """For one conversation: "always" holds until it ends. Where nobody is at a terminal, nothing is called."""

    def __init__(self, interrupts: Interrupts) -> None:
        self._interrupts = interrupts
        self._always: set[str] = set()
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self, call: ToolCall) -> bool:
        async with self._one_at_a_time:
            if call.name in self._always:
                return True
            named = f"{call.source}/{call.name}" if call.source else call.name
            if not (on_terminal(sys.stdin) and on_terminal(sys.stderr)):
                say(f"Not called, as nobody can be asked: {harmless(named)}. --mcp-allow {named} allows it.", err=True)
                raise CallRefused("nobody is there to allow this call")
            return await self._ask(call, named)

    async def _ask(self, call: ToolCall, named: str) -> bool:
        arguments = call.arguments if len(call.arguments) <= _LONGEST else f"{call.arguments[:_LONGEST]}..."
        say(f"\nThe model wants to call {harmless(named)} with {harmless(arguments)}", err=True)
        while (answer := await self._typed()) not in ("y", "yes", "n", "no", "a", "always"):
            say("Please type y, n or a.", err=True)
        if answer.startswith("a"):
            self._always.add(call.name)
        return not answer.startswith("n")

    async def _typed(self) -> str:
        from prompt_toolkit import PromptSession  # a line editor, which most answers have no use for
        from prompt_toolkit.output import create_output

        session: PromptSession[str] = PromptSession(output=create_output(stdout=sys.stderr))
        try:
            text = await session.prompt_async(
                "Allow it? [y]es, [n]o, [a]lways in this conversation: ", handle_sigint=False
            )
        except (EOFError, KeyboardInterrupt):
            self._interrupts.stop()
            raise CallRefused("the user refused this call") from None
        return text.strip().lower()
