"""Who stands in for model files and their engines, for as long as somebody's tests say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ..messages.events import Downloading
    from ..models.names import ModelName
    from ..options import LlamaOptions, ModelOptions
    from .loading import LoadedFiles


class StandIn(Protocol):
    """Is asked for every model that any worker of this process loads or fetches."""

    async def open(self, name: ModelName, llama: LlamaOptions, options: ModelOptions) -> LoadedFiles | None:
        """What is loaded for that name, with a `kind` of its own; None leaves it to the real one. May raise whatever
        loading raises."""

    async def download(self, name: ModelName, report: Callable[[Downloading], None]) -> Path | None:
        """Where the file of that name is when it was fetched, of which `report` is told; None leaves it to the real
        one. May raise whatever a download raises."""


_standing_in: list[StandIn] = []


def stand_in() -> StandIn | None:
    """Whoever was asked last to stand in."""
    return _standing_in[-1] if _standing_in else None


@contextmanager
def standing_in(one: StandIn) -> Iterator[None]:
    """In the block, in all threads, `one` is asked."""
    _standing_in.append(one)
    try:
        yield
    finally:
        _standing_in.remove(one)
