"""What a model is asked when it is to write down what it hears: the words of llama-server's own route, as a chat.

The route itself takes a form, in which nobody can ask for progress: so it could not be aborted while it listens.
"""

from __future__ import annotations

from typing import Any

from msgspec import structs

from ...errors import InvalidOptionsError
from ...options import PromptOptions
from ..conversation import Message, check_text
from .values import Audio, Sound

_QUESTION = "Transcribe audio to text"
# Templates of the LFM2 family, whose models are asked by a system prompt alone.
_LFM2_MARKS = ("<|tool_list_start|>", "<|tool_list_end|>")
_LFM2_SYSTEM = "Perform ASR."
_LONGEST_LANGUAGE = 64


def transcription(audio: Sound, language: str | None, prompt: str | None, template: str) -> list[Message]:
    """The conversation that a transcription answers; `template` is the source of the model's chat template.

    Raises `InvalidOptionsError`, and `InvalidMediaError` for what is no sound.
    """
    sound = audio if isinstance(audio, Audio) else Audio(audio)
    lfm2 = all(mark in template for mark in _LFM2_MARKS)
    question = check_text(prompt or ("" if lfm2 else _QUESTION), "prompt") + _in_language(language)
    text: list[dict[str, Any]] = [{"type": "text", "text": question}] if question else []
    system: list[Message] = [{"role": "system", "content": _LFM2_SYSTEM}] if lfm2 else []
    return [*system, {"role": "user", "content": [*text, sound.part]}]


def greedy(options: PromptOptions) -> PromptOptions:
    """The options with the default of transcriptions: the likeliest text."""
    return structs.replace(options, temperature=0.0) if options.temperature is None else options


def _in_language(language: str | None) -> str:
    if language is None:
        return ""
    named = check_text(language, "language")
    if not named or len(named) > _LONGEST_LANGUAGE or not named.isprintable():
        raise InvalidOptionsError("language must be its name or its code, such as 'en'.", path="language")
    return f" (language: {named})"
