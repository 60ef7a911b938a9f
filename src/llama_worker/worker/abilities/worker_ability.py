"""What the groups of a worker's own methods stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..operations.operation import Operation

if TYPE_CHECKING:
    from ..library import Library


class WorkerAbility:
    """Methods of a worker that need no model; it says itself what is declared here."""

    @property
    def _library(self) -> Library:
        raise NotImplementedError

    def _ensure_open(self) -> None:
        raise NotImplementedError

    def _track(self, operation: Operation[Any, Any]) -> Operation[Any, Any]:
        raise NotImplementedError
