"""Images and sounds of conversations that are written: each once, by its digest, and a reference where it stood."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from ...engine.api.media import content_of, modality_of, with_content
from ...errors import InvalidMediaError

_REFERENCE = "media:"
Texts = TypeVar("Texts", bound=Mapping[str, Any])


def put_away(messages: Iterable[Texts], into: dict[str, str]) -> list[Texts]:
    """The messages with references; what these refer to is put `into` the dictionary, by its SHA-256."""

    def reference(content: str) -> str:
        digest = hashlib.sha256(content.encode()).hexdigest()
        into[digest] = content
        return _REFERENCE + digest

    return [_changed(message, reference) for message in messages]


def brought_back(messages: Iterable[Texts], media: Mapping[str, str]) -> list[Texts]:
    """The other way round. Raises `InvalidMediaError` for a reference to nothing."""

    def content_behind(reference: str) -> str:
        if not reference.startswith(_REFERENCE):
            return reference
        if (digest := reference.removeprefix(_REFERENCE)) not in media:
            raise InvalidMediaError(f"An image or a sound of the conversation is missing ({digest[:12]}...).")
        return media[digest]

    return [_changed(message, content_behind) for message in messages]


def _changed(message: Texts, change: Callable[[str], str]) -> Texts:
    content = message.get("content")
    if not isinstance(content, list) or not any(map(modality_of, content)):
        return message
    parts = [with_content(part, change(content_of(part))) if modality_of(part) else part for part in content]
    return {**message, "content": parts}  # type: ignore[return-value]
