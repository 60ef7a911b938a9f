"""What a model hears, as text, without async."""

from __future__ import annotations

from functools import partial
from typing import Any, Unpack

from ...options import PromptOptions
from ...options.keywords import PromptOptionKeywords
from ...options.signatures import lists_options, with_defaults
from ...worker.media.values import Sound
from ..operation import Operation
from .ability import ModelAbility


@lists_options
class SpeechAbilities(ModelAbility):
    """As `worker.abilities.speech.SpeechAbilities`."""

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
    ) -> Operation[Any]:
        begin = partial(self._model.transcribe, language=language, prompt=prompt, **changes)
        return Operation(self._loop, self._loop.call(begin, audio, options))
