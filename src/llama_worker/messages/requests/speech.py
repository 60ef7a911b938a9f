"""Requests about what is heard."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ...options import PromptOptions
from ..base import ModelRef
from ..ends import ends_with
from ..replies import CompletionDone
from .base import Request

__all__ = ["Transcribe"]


@ends_with(CompletionDone)
class Transcribe(Request, frozen=True, kw_only=True):
    """Write down what is said in a sound. `language` is its name or code, `prompt` is asked in place of the usual
    words; `temperature` is 0 unless given."""

    audio: Annotated[str, Meta(description="A WAV, MP3 or FLAC file as base64, at most 25 MiB of it.")]
    language: str | None = None
    prompt: str | None = None
    options: PromptOptions | None = None
    model: ModelRef | None = None
