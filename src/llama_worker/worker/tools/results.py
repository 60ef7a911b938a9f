"""What functions give, as the content of a message: text, or parts with the images and sounds that a model can read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from ...engine.api.media import modality_of
from ...errors.general import printable
from ..media.content import Part, check_content
from ..media.values import Audio, Image
from ..structured.schemas import encode

_NOT_SHOWN = {"image": "[an image, which this model cannot see]", "audio": "[a sound, which this model cannot hear]"}


class Parts(Struct, frozen=True):
    """A result that is more than text, as parts in OpenAI's form."""

    parts: list[Part]

    @property
    def text(self) -> str:
        """For people, and for what holds text alone."""
        return "\n".join(part["text"] if part["type"] == "text" else f"[{modality_of(part)}]" for part in self.parts)

    def readable(self, modalities: Sequence[str]) -> str | list[Part]:
        """For a model that reads those: of anything else it is told that it was there."""
        shown = [part if _reads(part, modalities) else _told(part) for part in self.parts]
        return shown if any(modality_of(part) for part in shown) else "\n".join(part["text"] for part in shown)


def as_result(value: Any) -> str | Parts:
    """What a function gave: text as it is, an `Image`, an `Audio` or a list with such as parts, all else as JSON.

    Raises what encoding raises, and `InvalidMediaError`.
    """
    if isinstance(value, Parts):
        return value
    if isinstance(value, str):
        return printable(value)
    given = [value] if isinstance(value, Image | Audio) else value
    if isinstance(given, list | tuple) and any(isinstance(item, Image | Audio) for item in given):
        parts = [item if isinstance(item, str | Image | Audio) else encode(item) for item in given]
        content = check_content([printable(part) if isinstance(part, str) else part for part in parts], "result")
        assert isinstance(content, list)
        return Parts(content)
    return encode(value)


def as_parts(content: Any) -> str | Parts:
    """A content in OpenAI's form. Raises `InvalidOptionsError`, and `InvalidMediaError`."""
    checked = check_content(content, "content")
    return checked if isinstance(checked, str) else Parts(checked)


def _reads(part: Part, modalities: Sequence[str]) -> bool:
    modality = modality_of(part)
    return modality is None or modality in modalities


def _told(part: Part) -> Part:
    return {"type": "text", "text": _NOT_SHOWN[modality_of(part) or "image"]}
