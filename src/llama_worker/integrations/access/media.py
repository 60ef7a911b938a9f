"""Images and sounds of frameworks as parts of a message. Nothing is fetched: they are bytes, base64 or `data:` URLs."""

from __future__ import annotations

import base64
from typing import Any

from ...worker.media.values import Audio, Image


def image_part(data: bytes | str | None, *, url: str | None = None) -> dict[str, Any]:
    """Of its bytes or their base64, else of a URL, which only says something when it is a `data:` one.

    Raises `InvalidMediaError`, here or when it is asked.
    """
    if data is None:
        return {"type": "image_url", "image_url": {"url": url or ""}}
    return Image(_bytes(data)).part


def audio_part(data: bytes | str) -> dict[str, Any]:
    """Of a sound's bytes, or their base64. Raises `InvalidMediaError`."""
    return Audio(_bytes(data)).part


def _bytes(data: bytes | str) -> bytes:
    return base64.b64decode(data) if isinstance(data, str) else data
