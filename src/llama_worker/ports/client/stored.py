"""A worker's methods about the models on its machine, over a port."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from msgspec import convert

from ...messages import (
    DownloadLockedModels,
    ExportedModel,
    ExportModels,
    ImportedModel,
    ImportModels,
    Incoming,
    ListAliases,
    ListStoredModels,
    LockModels,
    MeasureStores,
    ModelCheck,
    ModelEntry,
    ModelUpdate,
    PinnedModel,
    RemovedModel,
    RemoveModel,
    RemoveUnusedModels,
    Result,
    SetAlias,
    StoreUsage,
    UpdateModels,
    VerifyModels,
)
from ...messages.events import Progress
from ...models.names import ModelReference
from ...models.pinning.lock_file import LOCK_NAME
from ...worker.operations.operation import Kind, Operation
from .abilities.ability import WorkerAbility
from .model_names import sent, sent_names


class ManagesRemoteModels(WorkerAbility):
    """For the bridge; paths are those of the worker's machine."""

    async def list_stored_models(self) -> list[ModelEntry]:
        """As `LlamaWorker.list_stored_models`."""
        return convert(await self._remote.value(ListStoredModels), list[ModelEntry])

    def verify_models(
        self, names: Iterable[ModelReference] = (), /, *, upstream: bool = False, signatures: bool = False
    ) -> Operation[list[ModelCheck], Progress]:
        """As `LlamaWorker.verify_models`."""
        facts = {"upstream": upstream, "signatures": signatures}
        return self._follow("verify", list[ModelCheck], VerifyModels, names=sent_names(names), **facts)

    def update_models(
        self, names: Iterable[ModelReference] = (), /, *, check: bool = False
    ) -> Operation[list[ModelUpdate], Progress]:
        """As `LlamaWorker.update_models`."""
        return self._follow("update", list[ModelUpdate], UpdateModels, names=sent_names(names), check=check)

    def lock_models(
        self, names: Iterable[ModelReference], /, path: str = LOCK_NAME
    ) -> Operation[list[PinnedModel], Progress]:
        """As `LlamaWorker.lock_models`."""
        return self._follow("lock", list[PinnedModel], LockModels, names=sent_names(names), path=path)

    def download_locked_models(
        self, names: Iterable[ModelReference] = (), /, *, path: str = LOCK_NAME
    ) -> Operation[list[PinnedModel], Progress]:
        """As `LlamaWorker.download_locked_models`."""
        return self._follow("update", list[PinnedModel], DownloadLockedModels, names=sent_names(names), path=path)

    def export_models(self, names: Iterable[ModelReference], /, path: str) -> Operation[list[ExportedModel], Progress]:
        """As `LlamaWorker.export_models`."""
        return self._follow("export", list[ExportedModel], ExportModels, names=sent_names(names), path=path)

    def import_models(self, path: str, /) -> Operation[list[ImportedModel], Progress]:
        """As `LlamaWorker.import_models`."""
        return self._follow("import", list[ImportedModel], ImportModels, path=path)

    def _follow(
        self, kind: Kind, told: Any, message: Callable[..., Incoming], **facts: Any
    ) -> Operation[Any, Progress]:
        self._ensure_open()
        return self._remote.follow(kind, partial(_converted, kind=told), message, **facts)

    async def measure_stores(self) -> list[StoreUsage]:
        """As `LlamaWorker.measure_stores`."""
        return convert(await self._remote.value(MeasureStores), list[StoreUsage])

    async def remove_model(self, name: ModelReference, /) -> RemovedModel:
        """As `LlamaWorker.remove_model`."""
        return convert(await self._remote.value(RemoveModel, model_id=sent(name)), RemovedModel)

    async def remove_unused_models(self, days: float, /, *, dry_run: bool = False) -> list[RemovedModel]:
        """As `LlamaWorker.remove_unused_models`."""
        removed = await self._remote.value(RemoveUnusedModels, days=days, dry_run=dry_run)
        return convert(removed, list[RemovedModel])

    async def list_aliases(self) -> dict[str, str]:
        """As `LlamaWorker.list_aliases`."""
        return convert(await self._remote.value(ListAliases), dict[str, str])

    async def set_alias(self, name: str, model: ModelReference | None, /) -> None:
        """As `LlamaWorker.set_alias`."""
        await self._remote.request(SetAlias, name=name, model=None if model is None else sent(model))


def _converted(result: Result, kind: Any) -> Any:
    return convert(result.value, kind)
