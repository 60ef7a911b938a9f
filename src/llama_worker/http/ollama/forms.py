"""Values as Ollama writes them: lines of JSON, times, durations."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ..dialects.fields import Object


def line_of(value: Object) -> bytes:
    """One line that says `value`."""
    return msgspec.json.encode(value) + b"\n"


def time_text(moment: datetime) -> str:
    """A moment of UTC."""
    return moment.isoformat().replace("+00:00", "Z")


def nanoseconds(seconds: float) -> int:
    """A duration."""
    return round(seconds * 1e9)
