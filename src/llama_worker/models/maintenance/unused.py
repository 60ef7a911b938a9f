"""Models that nobody has used for a while."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ...errors import InvalidOptionsError, ModelNotFoundError
from ...messages.stored import ModelEntry, RemovedModel
from ..store.store import ModelStore

_OURS = ("hub", "web")


def remove_unused(
    store: ModelStore, seconds: float, *, dry_run: bool = False, spare: Callable[[str], bool] = lambda _: False
) -> list[RemovedModel]:
    """Remove what was downloaded and not used for so long, unfinished downloads among it, and tell what it was.

    Files that somebody has put into the folder for plain files stay, as do stores that can only be read, and the paths
    that `spare` names. With `dry_run` all stays. Raises DownloadError while one of them is being fetched.
    """
    doomed = [entry for entry in store.list() if _is_ours(entry) and not spare(entry.path)]
    removed = []
    for entry in doomed:
        used = _last_use(entry)
        if used is None or time.time() - used < seconds:
            continue
        with suppress(ModelNotFoundError):  # gone with another of them
            removal = store.plan_removal(entry.name)
            removed.append(RemovedModel(name=removal.name, freed_bytes=removal.size_bytes, last_used=used))
            if not dry_run:
                removal.carry_out()
    return removed


def checked_days(days: float) -> float:
    """Raises InvalidOptionsError for what is no number of days."""
    if not isinstance(days, int | float) or isinstance(days, bool) or not math.isfinite(days) or days < 0:
        raise InvalidOptionsError(f"{days!r} is no number of days.", path="days")
    return days


def _is_ours(entry: ModelEntry) -> bool:
    """Downloads of other programs are not finished by us, nor removed."""
    foreign = entry.state == "partial" and not entry.path.endswith(".partial")
    return entry.origin in _OURS and not (entry.read_only or entry.hidden or foreign)


def _last_use(entry: ModelEntry) -> float | None:
    """Of a download that is not finished: when its last byte came."""
    if entry.last_used is not None:
        return entry.last_used
    try:
        return Path(entry.path).stat().st_mtime
    except OSError:
        return None
