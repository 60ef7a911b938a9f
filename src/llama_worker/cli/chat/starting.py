"""From a command's options to a conversation, and to its end."""

from __future__ import annotations

from ...worker.structured.response_format import response_format_of
from ...worker.worker import LlamaWorker
from ..answer import Manner
from ..interrupts import Interrupts
from ..named_choices import NamedChoices
from ..output.texts import say
from .conversation import Conversation
from .line_editor import LineEditor
from .line_history import line_history
from .slash_commands import COMMANDS, obey


async def start_chat(name: str, choices: NamedChoices, manner: Manner, interrupts: Interrupts, *, history: bool) -> int:
    """Read, answer, repeat, until Ctrl-C or Ctrl-D at an empty prompt, or /bye."""
    response_format_of(None, choices.of(name).prompt)
    editor = LineEditor(COMMANDS, line_history() if history else None)
    async with LlamaWorker(choices.worker()) as worker:
        conversation = Conversation(worker, choices, manner, interrupts)
        await conversation.use(name)
        say(f"Chatting with {name}. /help tells what there is, /bye leaves.", err=True)
        while (line := await editor.read(conversation.waiting)) is not None:
            if line.startswith("/") and not line.startswith("//"):
                if not await obey(conversation, line):
                    break
            elif line:
                await conversation.ask(line[1:] if line.startswith("//") else line)
    return 0
