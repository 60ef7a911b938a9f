"""Images and sounds as Python values."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from ...errors import InvalidMediaError
from ...errors.general import printable
from ...options.plain import expanded
from .check import check_image, check_sound
from .limits import LARGEST_IMAGE, LARGEST_SOUND


class Picture(Protocol):
    """An image of Pillow's, or what is saved like one."""

    def save(self, file: Any, kind: str, /) -> object: ...


class Image:
    """An image for a message: a file's path, a file's bytes, or an image of Pillow's.

    JPEG, PNG, GIF (its first frame) and BMP, at most 20 MiB and 64 million pixels. A path is read here and now. Raises
    `InvalidMediaError` for anything else.
    """

    def __init__(self, source: str | os.PathLike[str] | bytes | Picture) -> None:
        self.data = _bytes_of(source, LARGEST_IMAGE, "image")
        self.mime_type = check_image(self.data, "image")

    def __repr__(self) -> str:
        return f"<Image of {len(self.data)} bytes, {self.mime_type}>"

    @property
    def part(self) -> dict[str, Any]:
        """As a part of a message's content, in OpenAI's form."""
        encoded = base64.b64encode(self.data).decode()
        return {"type": "image_url", "image_url": {"url": f"data:{self.mime_type};base64,{encoded}"}}


class Audio:
    """A sound for a message or a transcription: a file's path, or a file's bytes.

    WAV, MP3 and FLAC, at most 25 MiB. A path is read here and now. Raises `InvalidMediaError` for anything else.
    """

    def __init__(self, source: str | os.PathLike[str] | bytes) -> None:
        self.data = _bytes_of(source, LARGEST_SOUND, "audio")
        self.format = check_sound(self.data, "audio")

    def __repr__(self) -> str:
        return f"<Audio of {len(self.data)} bytes, {self.format}>"

    @property
    def part(self) -> dict[str, Any]:
        """As a part of a message's content, in OpenAI's form."""
        return {
            "type": "input_audio",
            "input_audio": {"data": base64.b64encode(self.data).decode(), "format": self.format},
        }


Sound = Audio | str | os.PathLike[str] | bytes
"""A sound, or what one is made of."""
ContentPart = str | Image | Audio | Mapping[str, Any]
"""A part of a content: a text, an image, a sound, or any of them in OpenAI's form."""
Content = str | Image | Audio | Sequence[ContentPart]
"""What a user's message may be."""


def _bytes_of(source: Any, most: int, named: str) -> bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source)
    if isinstance(source, str | os.PathLike):
        return _read(Path(source), most, named)
    if callable(getattr(source, "save", None)):
        return _saved(source, named)
    message = f"A {type(source).__name__} is no image or sound: give a path or a file's bytes."
    raise InvalidMediaError(message, path=named)


def _saved(picture: Picture, named: str) -> bytes:
    file = io.BytesIO()
    try:
        picture.save(file, "PNG")
    except (OSError, ValueError) as error:
        raise InvalidMediaError(f"The {named} cannot be saved as PNG: {error}.", path=named) from error
    return file.getvalue()


def _read(path: Path, most: int, named: str) -> bytes:
    try:
        with expanded(path).open("rb") as file:
            return file.read(most + 1)  # the check says that it is too large
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InvalidMediaError(f"{printable(str(path))} cannot be read: {reason}.", path=named) from error
