"""Answers to what is heard."""

from __future__ import annotations

from ....messages import Outgoing, Transcribe
from ....worker.media.check import decoded
from ....worker.media.limits import LARGEST_SOUND
from ....worker.media.values import Audio
from ..open_requests import OpenRequest
from ..registry import handles


@handles(Transcribe, generates=True)
async def transcribe(request: OpenRequest, message: Transcribe) -> Outgoing:
    model = request.workspace.current.find_model(message.model)
    audio = Audio(decoded(message.audio, LARGEST_SOUND, "audio"))
    operation = model.transcribe(audio, message.options, language=message.language, prompt=message.prompt)
    return await request.follow(operation, "Transcribing...", "Transcription finished")
