"""What a model hears, as text, over a port."""

from __future__ import annotations

import base64
from typing import Unpack

from msgspec import structs

from ....messages import Transcribe
from ....options import PromptOptions
from ....options.keywords import PromptOptionKeywords
from ....options.signatures import lists_options, with_defaults
from ....worker.generation.prompt_arguments import PromptArguments
from ....worker.media.transcription import greedy, transcription
from ....worker.media.values import Audio, Sound
from ....worker.operations.operation import Operation
from ....worker.reply import Reply
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
    ) -> Operation[Reply, str]:
        """As `Model.transcribe`; a path is one on this side of the port."""
        arguments = PromptArguments.read(options, changes)
        arguments = structs.replace(arguments, options=greedy(arguments.options))
        sound = audio if isinstance(audio, Audio) else Audio(audio)
        transcription(sound, language, prompt, "")
        self.ensure_loaded()
        facts = {"audio": base64.b64encode(sound.data).decode(), "language": language, "prompt": prompt}
        return self._remote.generate("transcription", arguments, self.refresh, Transcribe, **facts, model=self.id)
