"""A worker's methods that look after the models on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ...messages.events import Progress, progress_of
from ...messages.stored import ModelCheck, ModelEntry, RemovedModel, StoreUsage
from ...models.names import ModelName, ModelReference, parse_model_name
from ..operations.operation import Operation

if TYPE_CHECKING:
    from ..library import Library
    from ..model import Model

_SECONDS_A_DAY = 86400.0


class ManagesModels:
    """For `LlamaWorker`. None of it needs an engine."""

    @property
    def _library(self) -> Library:
        raise NotImplementedError

    @property
    def models(self) -> tuple[Model, ...]:
        """The loaded models, oldest first."""
        raise NotImplementedError

    async def list_stored_models(self) -> list[ModelEntry]:
        """Every model on this machine, whole, unfinished or broken: with its size, origin, revision and last use, the
        built-in one first, then by name. `list_models` tells of those that are loaded."""
        return await asyncio.to_thread(self._library.store.list)

    def verify_models(
        self, names: Iterable[ModelReference] = (), /, *, upstream: bool = False
    ) -> Operation[list[ModelCheck], Progress]:
        """Read models whole and compare them with the digests that were noted when they came, or with `upstream` with
        what the hub says; without `names` all that are here.

        Raises `InvalidOptionsError` at once; awaiting it raises `ModelNotFoundError`, and `DownloadError` when the hub
        does not answer. What is wrong with a model is told, and not raised.
        """
        parsed = _parsed(names)

        async def verify(operation: Operation[list[ModelCheck], Progress]) -> list[ModelCheck]:
            from ...models.maintenance.verifying import verify_models

            operation.mark("running")
            return await verify_models(self._library.store, parsed, operation.report, upstream=upstream)

        return self._begin("verify", verify)

    async def measure_stores(self) -> list[StoreUsage]:
        """What the stores take on the disk, in bytes, each file counted once; in the order in which they are
        searched."""
        from ...models.maintenance.disk_usage import disk_usage

        return await asyncio.to_thread(disk_usage, self._library.store)

    async def remove_model(self, name: ModelReference, /) -> RemovedModel:
        """Delete a model from this machine, whole, unfinished or broken; bytes that another one shares stay.

        Raises `ModelNotFoundError`, `InvalidOptionsError` for what is not ours to delete (the built-in model, files
        outside of the stores, stores that can only be read), and `DownloadError` while it is being fetched.
        """
        parsed = parse_model_name(name)
        freed = await asyncio.to_thread(self._library.store.remove, parsed)
        return RemovedModel(name=str(parsed), freed_bytes=freed)

    async def remove_unused_models(self, days: float, /, *, dry_run: bool = False) -> list[RemovedModel]:
        """Delete what was downloaded and not used for so many days, unfinished downloads among it, and tell what it
        was; with `dry_run` only tell.

        Models that this worker has loaded stay, as do files that somebody put there, and stores that can only be read.
        Raises `InvalidOptionsError` for days that are none, `DownloadError` while one of them is being fetched.
        """
        from ...models.maintenance.unused import checked_days, remove_unused

        seconds, loaded = checked_days(days) * _SECONDS_A_DAY, {str(model.path) for model in self.models}
        return await asyncio.to_thread(
            remove_unused, self._library.store, seconds, dry_run=dry_run, spare=loaded.__contains__
        )

    async def list_aliases(self) -> dict[str, str]:
        """The short names of this user, with the models that they mean; `load_model` takes them too.

        Raises `ConfigurationError` for a file of them that cannot be read.
        """
        from ...config.aliases import read_aliases

        return await asyncio.to_thread(read_aliases)

    async def set_alias(self, name: str, model: ModelReference | None, /) -> None:
        """Let `name` mean `model` for this user from now on; None forgets it.

        Raises `InvalidOptionsError` for what cannot be a short name or is none, `ConfigurationError` for a file of them
        that cannot be read or changed.
        """
        from ...models.aliasing import change_alias

        await asyncio.to_thread(change_alias, name, None if model is None else parse_model_name(model))

    def _begin(self, kind: Any, work: Any) -> Operation[Any, Progress]:
        self._ensure_open()
        return self._track(Operation(kind, work, to_item=progress_of))

    def _ensure_open(self) -> None:
        raise NotImplementedError

    def _track(self, operation: Operation[Any, Any]) -> Operation[Any, Any]:
        raise NotImplementedError


def _parsed(names: Iterable[ModelReference]) -> list[ModelName]:
    """Raises `InvalidOptionsError`, for one name in place of several too."""
    from ...errors import InvalidOptionsError

    if isinstance(names, str):
        raise InvalidOptionsError(f"Several models are named in a list: [{names!r}].", path="names")
    return [parse_model_name(name) for name in names]
