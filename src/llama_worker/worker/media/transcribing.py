"""A transcription on its way."""

from __future__ import annotations

from collections.abc import Hashable

from msgspec import structs

from ..chat.turn import Turn
from ..generation.prompt_arguments import PromptArguments
from ..operations.operation import Operation
from ..reply import Reply
from ..runtime import ModelRuntime
from .readable import not_readable
from .transcription import greedy, transcription
from .values import Sound


def begin_transcription(
    runtime: ModelRuntime,
    owner: Hashable,
    arguments: PromptArguments,
    audio: Sound,
    language: str | None = None,
    prompt: str | None = None,
) -> Operation[Reply, str]:
    """What the model hears, in `owner`'s turn of the fair queue. Raises what `Model.transcribe` raises at once."""
    arguments = structs.replace(arguments, options=greedy(arguments.options))
    guard = runtime.guard
    if "audio" not in guard.modalities:
        raise not_readable("audio")
    messages = transcription(audio, language, prompt, guard.template)
    turn = Turn(runtime, owner, arguments)
    return runtime.generate(
        "transcription", lambda operation: turn.run(operation, messages), turn.partial, arguments.options
    )
