"""What a model hears, as text."""

from __future__ import annotations

from typing import Unpack

from ...options import PromptOptions
from ...options.keywords import PromptOptionKeywords
from ...options.signatures import lists_options, with_defaults
from ..generation.prompt_arguments import PromptArguments
from ..media.transcribing import begin_transcription
from ..media.values import Sound
from ..operations.operation import Operation
from ..reply import Reply
from .ability import ModelAbility


@lists_options
class SpeechAbilities(ModelAbility):
    """What a model makes of sounds."""

    @with_defaults(temperature=0.0)
    def transcribe(
        self,
        audio: Sound,
        options: PromptOptions | None = None,
        /,
        *,
        language: str | None = None,
        prompt: str | None = None,
        **changes: Unpack[PromptOptionKeywords],
    ) -> Operation[Reply, str]:
        """Write down what is said in `audio`: a path, a file's bytes or an `Audio`. `reply.text` has it.

        `language` is its name or code, such as "en"; `prompt` is asked in place of the usual words. `temperature` is 0
        unless given. Raises at once `InvalidOptionsError`, `InvalidMediaError` for what is no WAV, MP3 or FLAC, and
        `MediaNotSupportedError` when the model cannot hear; awaiting it `ContextOverflowError` when it is too long.
        """
        return begin_transcription(self.runtime, self, PromptArguments.read(options, changes), audio, language, prompt)
