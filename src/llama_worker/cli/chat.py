"""A conversation in the terminal."""

from __future__ import annotations

from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import HTML

from ..errors import LlamaWorkerError
from ..options import PromptOptions
from ..worker.chat.session import ChatSession
from .answer import show_answer
from .terminal import Interrupts, console

_HELP = "/reset forgets the conversation, /bye leaves. Ctrl-C ends thinking, then the answer; at the prompt it leaves."


async def chat(session: ChatSession, options: PromptOptions, interrupts: Interrupts) -> int:
    """Read, answer, repeat, until Ctrl-C or Ctrl-D at the prompt, or /bye."""
    console.print(f"Chatting with {session.model.path.name}. {_HELP}", style="dim", highlight=False)
    prompts: PromptSession[str] = PromptSession()
    while True:
        try:
            # At the prompt Ctrl-C is a key; the editor would take our signal handler away if it were let.
            text = (await prompts.prompt_async(HTML("<b>&gt;&gt;&gt; </b>"), handle_sigint=False)).strip()
        except (EOFError, KeyboardInterrupt):
            return 0
        if text == "/bye":
            return 0
        if text:
            await _respond(session, text, options, interrupts)


async def _respond(session: ChatSession, text: str, options: PromptOptions, interrupts: Interrupts) -> None:
    if text == "/help":
        console.print(_HELP, highlight=False)
    elif text == "/reset":
        session.reset_chat_history()
        console.print("The conversation is forgotten.", style="dim")
    else:
        await _answer(session, text, options, interrupts)


async def _answer(session: ChatSession, text: str, options: PromptOptions, interrupts: Interrupts) -> None:
    try:
        await show_answer(session.prompt(text, options, stop_on_abort=True), interrupts)
    except LlamaWorkerError as error:
        # A crashed engine is started again by the next question; the conversation goes on.
        console.print(f"[red bold]error:[/] {error.message}", highlight=False)
