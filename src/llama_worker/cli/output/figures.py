"""Figures for people."""

from __future__ import annotations

import time


def size_text(count: float | None) -> str:
    """Bytes in units of 1000, as disks and downloads are sold."""
    if count is None:
        return ""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.2f} GB"


def count_text(count: int | None) -> str:
    """Parameters: 3.0M, 7.2B."""
    if count is None:
        return ""
    for limit, unit in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")):
        if count >= limit:
            return f"{count / limit:.1f}{unit}"
    return str(count)


def age_text(seconds_since_1970: float | None) -> str:
    """How long ago, in one word and a half."""
    if seconds_since_1970 is None:
        return ""
    age = max(time.time() - seconds_since_1970, 0)
    for length, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = int(age // length)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
