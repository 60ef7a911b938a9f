"""A worker's methods about the models on this machine, without async."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..messages.events import Progress
from ..messages.stored import (
    ExportedModel,
    ImportedModel,
    ModelCheck,
    ModelEntry,
    ModelUpdate,
    PinnedModel,
    RemovedModel,
    StoreUsage,
)
from ..models.names import ModelReference
from ..models.pinning.lock_file import LOCK_NAME
from .abilities.ability import WorkerAbility
from .watching import finish


class ManagesModels(WorkerAbility):
    """As the worker's; `on_progress` is called with each event, in the worker's thread."""

    def list_stored_models(self) -> list[ModelEntry]:
        return self._loop.run(self._worker.list_stored_models())

    def verify_models(
        self,
        names: Iterable[ModelReference] = (),
        /,
        *,
        upstream: bool = False,
        signatures: bool = False,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> list[ModelCheck]:
        checking = self._loop.call(self._worker.verify_models, names, upstream=upstream, signatures=signatures)
        return finish(self._loop, checking, on_progress)

    def update_models(
        self,
        names: Iterable[ModelReference] = (),
        /,
        *,
        check: bool = False,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> list[ModelUpdate]:
        return finish(self._loop, self._loop.call(self._worker.update_models, names, check=check), on_progress)

    def lock_models(
        self,
        names: Iterable[ModelReference],
        /,
        path: str = LOCK_NAME,
        *,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> list[PinnedModel]:
        return finish(self._loop, self._loop.call(self._worker.lock_models, names, path), on_progress)

    def download_locked_models(
        self,
        names: Iterable[ModelReference] = (),
        /,
        *,
        path: str = LOCK_NAME,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> list[PinnedModel]:
        fetching = self._loop.call(self._worker.download_locked_models, names, path=path)
        return finish(self._loop, fetching, on_progress)

    def export_models(
        self,
        names: Iterable[ModelReference],
        /,
        path: str,
        *,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> list[ExportedModel]:
        return finish(self._loop, self._loop.call(self._worker.export_models, names, path), on_progress)

    def import_models(
        self, path: str, /, *, on_progress: Callable[[Progress], object] | None = None
    ) -> list[ImportedModel]:
        return finish(self._loop, self._loop.call(self._worker.import_models, path), on_progress)

    def measure_stores(self) -> list[StoreUsage]:
        return self._loop.run(self._worker.measure_stores())

    def remove_model(self, name: ModelReference, /) -> RemovedModel:
        return self._loop.run(self._worker.remove_model(name))

    def remove_unused_models(self, days: float, /, *, dry_run: bool = False) -> list[RemovedModel]:
        return self._loop.run(self._worker.remove_unused_models(days, dry_run=dry_run))

    def list_aliases(self) -> dict[str, str]:
        return self._loop.run(self._worker.list_aliases())

    def set_alias(self, name: str, model: ModelReference | None, /) -> None:
        self._loop.run(self._worker.set_alias(name, model))
