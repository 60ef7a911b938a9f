"""Images and sounds, checked before the engine sees them."""

from __future__ import annotations

import base64
import binascii
import math

from ...errors import InvalidMediaError
from .formats import IMAGES, SOUNDS, image_type, pixels, seconds, sound_format
from .limits import LARGEST_IMAGE, LARGEST_SOUND, LONGEST_SOUND, MOST_PIXELS


def check_image(data: bytes, path: str) -> str:
    """The MIME type of an image that the engine reads. Raises `InvalidMediaError`."""
    _check_size(data, LARGEST_IMAGE, path)
    kind = image_type(data)
    if kind is None:
        raise InvalidMediaError(f"{path} is no {_one_of(IMAGES)} file.", path=path)
    count = pixels(data)
    if not count:
        raise InvalidMediaError(f"{path} does not say how large it is: save it anew.", path=path)
    if count > MOST_PIXELS:
        message = f"{path} has {count} pixels and {MOST_PIXELS} are taken: make it smaller."
        raise InvalidMediaError(message, path=path)
    return kind


def check_sound(data: bytes, path: str) -> str:
    """The format of a sound that the engine reads. Raises `InvalidMediaError`."""
    _check_size(data, LARGEST_SOUND, path)
    kind = sound_format(data)
    if kind is None:
        raise InvalidMediaError(f"{path} is no {_one_of(SOUNDS)} file.", path=path)
    length = seconds(data)
    if math.isinf(length):
        raise InvalidMediaError(f"{path} does not say how long it is: save it anew.", path=path)
    if length > LONGEST_SOUND:
        raise InvalidMediaError(f"{path} is longer than {LONGEST_SOUND / 3600:g} hours: cut it.", path=path)
    return kind


def decoded(text: str, most: int, path: str) -> bytes:
    """The bytes of a base64 text, of which at most so many are taken. Raises `InvalidMediaError`."""
    if len(text) > (most + 2) // 3 * 4:
        raise _too_large(most, path)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidMediaError(f"{path} is no base64: {error}.", path=path) from error


def _check_size(data: bytes, most: int, path: str) -> None:
    if len(data) > most:
        raise _too_large(most, path)


def _too_large(most: int, path: str) -> InvalidMediaError:
    return InvalidMediaError(f"{path} is larger than {most >> 20} MiB.", path=path)


def _one_of(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
