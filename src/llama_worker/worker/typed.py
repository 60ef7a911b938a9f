"""What the user is typing, continued by the model in the user's place."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine.engine import Engine
from ..options import PromptOptions
from .history import Message
from .request import Asked
from .tokens import render, template_options


async def user_completion(engine: Engine, messages: Sequence[Message], text: str, options: PromptOptions) -> Asked:
    """The conversation, cut off within its last message, which is `text`.

    Some templates trim messages; the white space they cut off is put back.
    """
    typed: Message = {"role": "user", "content": text}
    rendered = await render(engine, [*messages, typed], template_options(options), add_generation_prompt=False)
    trimmed = text.strip()
    end = rendered.rfind(trimmed) + len(trimmed)
    blank = text[len(text.rstrip()) :]
    return Asked(options=options, prompt=rendered[:end] + blank)
