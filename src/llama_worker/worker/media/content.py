"""What a message may hold: a text, or parts in OpenAI's form, each checked."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...engine.api.media import encoded, media_parts, modality_of
from ...errors import InvalidMediaError, InvalidOptionsError
from ...options.plain import check_unicode
from .check import check_image, check_sound, decoded
from .formats import pixels
from .limits import LARGEST_IMAGE, LARGEST_SOUND, LARGEST_TOTAL, MOST_MEDIA, MOST_PARTS, MOST_PIXELS_TOTAL
from .values import Audio, Image

Part = dict[str, Any]
_BEGINNING = 1 << 16


def check_content(content: Any, path: str) -> str | list[Part]:
    """A content in its usual form, a copy: text, or a list of `text`, `image_url` and `input_audio` parts.

    Raises `InvalidOptionsError`, and `InvalidMediaError` for an image or a sound that cannot be taken.
    """
    if isinstance(content, str):
        check_unicode(content, path)
        return content
    if isinstance(content, Image | Audio):
        return [content.part]
    if not isinstance(content, Sequence) or isinstance(content, bytes | bytearray | memoryview):
        raise InvalidOptionsError(f"{path} must be text, or a list of texts, images and sounds.", path=path)
    if len(content) > MOST_PARTS:
        raise InvalidOptionsError(f"{path} has {len(content)} parts and {MOST_PARTS} are taken.", path=path)
    return [_part(part, f"{path}[{index}]") for index, part in enumerate(content)]


def check_total(messages: Iterable[Mapping[str, Any]]) -> None:
    """Raise `InvalidMediaError` when all images and sounds of a conversation together are too many or too large."""
    parts = [(modality_of(part), encoded(part)) for part in media_parts(messages)]
    media = [data for _, data in parts]
    if len(media) > MOST_MEDIA:
        raise InvalidMediaError(f"The conversation has {len(media)} images and sounds and {MOST_MEDIA} are taken.")
    if sum(map(len, media)) * 3 // 4 > LARGEST_TOTAL:
        raise _too_much(f"larger than {LARGEST_TOTAL >> 20} MiB")
    if sum(_pixels(data) for kind, data in parts if kind == "image") > MOST_PIXELS_TOTAL:
        raise _too_much(f"of more than {MOST_PIXELS_TOTAL} pixels")


def _too_much(what: str) -> InvalidMediaError:
    return InvalidMediaError(
        f"The images and sounds of the conversation are {what} together: make them smaller, or begin another "
        "conversation."
    )


def _pixels(data: str) -> int:
    """Of an image most often told by its beginning."""
    return pixels(base64.b64decode(data[:_BEGINNING])) or pixels(base64.b64decode(data))


def _part(part: Any, path: str) -> Part:
    if isinstance(part, Image | Audio):
        return part.part
    if isinstance(part, str):
        check_unicode(part, path)
        return {"type": "text", "text": part}
    kind = part.get("type") if isinstance(part, Mapping) else None
    match kind:
        case "text":
            return {"type": "text", "text": _text(part.get("text"), f"{path}.text")}
        case "image_url":
            return _image(part.get("image_url"), f"{path}.image_url")
        case "input_audio":
            return _sound(part.get("input_audio"), f"{path}.input_audio")
    raise InvalidOptionsError(f"{path} must be a text, an image_url or an input_audio, not {kind!r}.", path=path)


def _text(text: Any, path: str) -> str:
    if not isinstance(text, str):
        raise InvalidOptionsError(f"{path} must be text.", path=path)
    check_unicode(text, path)
    return text


def _image(value: Any, path: str) -> Part:
    """Only as a data URL: nothing is fetched, neither by us nor by the engine."""
    path = f"{path}.url" if isinstance(value, Mapping) else path
    url = _text(value.get("url") if isinstance(value, Mapping) else value, path)
    head, comma, data = url.partition(",")
    if not head.startswith("data:") or not comma:
        message = f"{path} must be a data: URL (data:image/png;base64,...): nothing is fetched, and no file is opened."
        raise InvalidMediaError(message, path=path)
    if not head.endswith(";base64"):
        raise InvalidMediaError(f"{path} must be base64: data:image/png;base64,...", path=path)
    kind = check_image(decoded(data, LARGEST_IMAGE, path), path)
    return {"type": "image_url", "image_url": {"url": f"data:{kind};base64,{data}"}}


def _sound(value: Any, path: str) -> Part:
    if not isinstance(value, Mapping):
        raise InvalidOptionsError(f"{path} must be {{data, format}}.", path=path)
    data = _text(value.get("data"), f"{path}.data")
    head, comma, rest = data.partition(",")
    if comma and head.startswith("data:") and head.endswith(";base64"):
        data = rest
    kind = check_sound(decoded(data, LARGEST_SOUND, f"{path}.data"), f"{path}.data")
    return {"type": "input_audio", "input_audio": {"data": data, "format": kind}}
