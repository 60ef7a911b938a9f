"""Images and sounds in messages: where they stand, and how a prompt that was rendered already carries them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

Modality = Literal["image", "audio"]
_FIELDS: dict[str, tuple[str, str, Modality]] = {
    "image_url": ("image_url", "url", "image"),
    "input_audio": ("input_audio", "data", "audio"),
}
# Rendering puts a mark where an image stands and does not look at the image.
_STAND_IN = {"image": "data:image/png;base64,AA==", "audio": "AA=="}
Messages = Iterable[Mapping[str, Any]]


def modality_of(part: Any) -> Modality | None:
    """Of which kind a part of a content is; None of text, and of what is none."""
    kind = part.get("type") if isinstance(part, Mapping) else None
    return _FIELDS[kind][2] if isinstance(kind, str) and kind in _FIELDS else None


def media_parts(messages: Messages) -> Iterator[Mapping[str, Any]]:
    """All images and sounds, in the order in which they stand."""
    for message in messages:
        content = message.get("content")
        if isinstance(content, list):
            yield from (part for part in content if modality_of(part))


def has_media(messages: Messages) -> bool:
    """Whether there is anything but text."""
    return next(media_parts(messages), None) is not None


def media_data(messages: Messages) -> tuple[str, ...]:
    """The bytes of all images and sounds as base64, in the order in which they stand."""
    return tuple(encoded(part) for part in media_parts(messages))


def content_of(part: Mapping[str, Any]) -> str:
    """The data URL of an image, or the base64 of a sound."""
    outer, inner, _ = _FIELDS[part["type"]]
    return str((part.get(outer) or {}).get(inner, ""))


def with_content(part: Mapping[str, Any], content: str) -> dict[str, Any]:
    """The same part with another data URL or base64."""
    outer, inner, _ = _FIELDS[part["type"]]
    return {"type": part["type"], outer: {**part[outer], inner: content}}


def encoded(part: Mapping[str, Any]) -> str:
    """The bytes of an image or a sound as base64."""
    return content_of(part).rpartition(",")[2]


def without_bytes(messages: Messages) -> list[dict[str, Any]]:
    """The messages with next to nothing in place of each image and sound: for rendering, and for people to read."""
    return [_without_bytes(message) for message in messages]


def with_media(body: dict[str, Any], media: tuple[str, ...]) -> dict[str, Any]:
    """The body of a completion of rendered messages, with the images and sounds of which its prompt has the marks."""
    prompt = body.get("prompt")
    if not media or not isinstance(prompt, str):
        return body
    return body | {"prompt": multimodal(prompt, media)}


def multimodal(prompt: str, media: tuple[str, ...]) -> dict[str, Any]:
    """A rendered prompt together with the images and sounds of which it has the marks."""
    return {"prompt_string": prompt, "multimodal_data": list(media)}


def text_of(prompt: Any) -> Any:
    """A rendered prompt without its images and sounds, of which the marks stay."""
    return prompt["prompt_string"] if isinstance(prompt, Mapping) else prompt


def _without_bytes(message: Mapping[str, Any]) -> dict[str, Any]:
    content = message.get("content")
    if not isinstance(content, list):
        return dict(message)
    return {**message, "content": [_stand_in(part) for part in content]}


def _stand_in(part: Any) -> Any:
    modality = modality_of(part)
    return with_content(part, _STAND_IN[modality]) if modality else part
