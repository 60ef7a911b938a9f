"""A worker's methods about the models on its machine, over a port."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

from msgspec import convert

from ...messages import (
    ListAliases,
    ListStoredModels,
    MeasureStores,
    ModelCheck,
    ModelEntry,
    RemovedModel,
    RemoveModel,
    RemoveUnusedModels,
    Result,
    SetAlias,
    StoreUsage,
    VerifyModels,
)
from ...messages.events import Progress
from ...models.names import ModelReference
from ...worker.operations.operation import Operation
from .model_names import sent, sent_names
from .remote_worker import RemoteWorker

Told = TypeVar("Told")


class ManagesRemoteModels:
    """For the bridge; paths are those of the worker's machine."""

    _remote: RemoteWorker

    async def list_stored_models(self) -> list[ModelEntry]:
        """As `LlamaWorker.list_stored_models`."""
        return convert(await self._remote.value(ListStoredModels), list[ModelEntry])

    def verify_models(
        self, names: Iterable[ModelReference] = (), /, *, upstream: bool = False
    ) -> Operation[list[ModelCheck], Progress]:
        """As `LlamaWorker.verify_models`."""
        self._ensure_open()
        facts = {"names": sent_names(names), "upstream": upstream}
        return self._remote.follow("verify", _value_of(list[ModelCheck]), VerifyModels, **facts)

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

    def _ensure_open(self) -> None:
        raise NotImplementedError


def _value_of(kind: type[Told]) -> Callable[[Result], Told]:
    return partial(_converted, kind=kind)


def _converted(result: Result, kind: Any) -> Any:
    return convert(result.value, kind)
