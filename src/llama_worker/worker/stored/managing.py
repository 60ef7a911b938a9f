"""A worker's methods that look after the models on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

from ...messages.events import Progress, progress_of
from ...messages.stored import (
    ExportedModel,
    ImportedModel,
    ModelCheck,
    ModelEntry,
    ModelUpdate,
    PinnedModel,
    RemovedModel,
    StoreUsage,
)
from ...models.names import ModelName, ModelReference, parse_model_name
from ...models.pinning.lock_file import LOCK_NAME
from ...options.plain import given_path
from ..abilities.worker_ability import WorkerAbility
from ..operations.operation import Operation

if TYPE_CHECKING:
    from ...models.maintenance.background import Tally
    from ...options import LlamaOptions
    from ..model import Model

_SECONDS_A_DAY = 86400.0


class ManagesModels(WorkerAbility):
    """For `LlamaWorker`. None of it needs an engine."""

    _options: LlamaOptions

    @property
    def models(self) -> tuple[Model, ...]:
        """The loaded models, oldest first."""
        raise NotImplementedError

    async def list_stored_models(self) -> list[ModelEntry]:
        """Every model on this machine, whole, unfinished or broken: with its size, origin, revision and last use, the
        built-in one first, then by name. `list_models` tells of those that are loaded."""
        return await asyncio.to_thread(self._library.store.list)

    def verify_models(
        self, names: Iterable[ModelReference] = (), /, *, upstream: bool = False, signatures: bool = False
    ) -> Operation[list[ModelCheck], Progress]:
        """Read models whole and compare them with the digests that were noted when they came, or with `upstream` with
        what the hub says; without `names` all that are here. With `signatures` tell also whether they are signed by who
        is trusted (`signature_key`).

        Raises `InvalidOptionsError` and `MissingPackageError` at once; awaiting it raises `ModelNotFoundError`, and
        `DownloadError` when the hub does not answer. What is wrong with a model is told, and not raised.
        """
        from ...models.signing.trust import trust_of

        parsed, trust = _parsed(names), trust_of(self._options) if signatures else None

        async def verify(operation: Operation[list[ModelCheck], Progress]) -> list[ModelCheck]:
            from ...models.maintenance.verifying import verify_models
            from ..signing.checking import with_signatures

            operation.mark("running")
            checks = await verify_models(self._library.store, parsed, operation.report, upstream=upstream)
            return await with_signatures(checks, trust, named=bool(parsed)) if trust else checks

        return self._begin("verify", verify)

    def update_models(
        self, names: Iterable[ModelReference] = (), /, *, check: bool = False
    ) -> Operation[list[ModelUpdate], Progress]:
        """Fetch the newest revision of models that came from a hub, and remove the old one once the new one is whole;
        without `names` all that are here, with `check` only tell what there is. One pulled by its commit stays.

        Raises `InvalidOptionsError` at once; awaiting it raises that for what is of no hub, and `ModelNotFoundError`.
        What goes wrong with one of several models is told, and not raised.
        """
        parsed = _parsed(names)

        async def update(operation: Operation[list[ModelUpdate], Progress]) -> list[ModelUpdate]:
            from ...models.maintenance.updating import update_models

            operation.mark("running")
            return await update_models(self._library.store, parsed, operation.report, check=check)

        return self._begin("update", update)

    def lock_models(
        self, names: Iterable[ModelReference], /, path: str = LOCK_NAME
    ) -> Operation[list[PinnedModel], Progress]:
        """Write models that are here into the lock at `path`, with revision, digests and licence, beside those that it
        has; gives all of them. `LlamaWorker(model_lock=path)` then loads nothing else.

        Raises `InvalidOptionsError` at once; awaiting it raises `ModelNotFoundError`, `InvalidModelError`, or
        `IntegrityError` for a file that is no lock.
        """
        parsed, file = _parsed(names), given_path(path, "path")

        async def lock(operation: Operation[list[PinnedModel], Progress]) -> list[PinnedModel]:
            from ...models.maintenance.background import in_background
            from ...models.pinning.locking import lock_models
            from ...models.pinning.pulling import pinned

            operation.mark("running")
            store = self._library.store
            models = await in_background(lambda tally: lock_models(store, parsed, file, tally), operation.report)
            return [pinned(model) for model in models]

        return self._begin("lock", lock)

    def download_locked_models(
        self, names: Iterable[ModelReference] = (), /, *, path: str = LOCK_NAME
    ) -> Operation[list[PinnedModel], Progress]:
        """Fetch the models of the lock at `path`, or those of them that are named, at the revisions that it has, and
        compare each with it, byte for byte.

        Raises `InvalidOptionsError` at once; awaiting it raises `ModelNotLockedError` for a name that the lock does not
        have, `IntegrityError` for other bytes, or as `download_model`.
        """
        parsed, file = _parsed(names), given_path(path, "path")

        async def fetch(operation: Operation[list[PinnedModel], Progress]) -> list[PinnedModel]:
            from ...models.pinning.pulling import download_locked

            operation.mark("running")
            return await download_locked(self._library.store, file, operation.report, parsed)

        return self._begin("update", fetch)

    def export_models(self, names: Iterable[ModelReference], /, path: str) -> Operation[list[ExportedModel], Progress]:
        """Copy models to `path`, a new folder or a file whose name ends in .tar, with a lock that has the revision,
        digests and licence of each; `import_models` takes them in where there is no network.

        Raises `InvalidOptionsError` at once; awaiting it raises that when `path` is there already,
        `ModelNotFoundError`, `InvalidModelError`, `IntegrityError` for a file that is not what it was, or
        `DownloadError` when the disk has no room. Nothing is left of an export that is not whole.
        """
        parsed, to = _parsed(names), given_path(path, "path")

        def work(tally: Tally) -> list[ExportedModel]:
            from ...models.exchange.exporting import export_models

            return export_models(self._library.store, parsed, to, tally)

        return self._begin("export", _in_background(work))

    def import_models(self, path: str, /) -> Operation[list[ImportedModel], Progress]:
        """Take all models of what `export_models` or `llama-worker bundle` has made into the store, under the names
        that they had.

        Awaiting it raises `IntegrityError` for what is no such folder or file and for bytes that its lock does not
        name, of which nothing is kept, or `DownloadError` when the disk has no room.
        """
        found = given_path(path, "path")

        def work(tally: Tally) -> list[ImportedModel]:
            from ...models.exchange.importing import import_models

            return import_models(self._library.store, found, tally)

        return self._begin("import", _in_background(work))

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


def _in_background(work: Callable[[Tally], Any]) -> Callable[[Operation[Any, Progress]], Awaitable[Any]]:
    async def run(operation: Operation[Any, Progress]) -> Any:
        from ...models.maintenance.background import in_background

        operation.mark("running")
        return await in_background(work, operation.report)

    return run


def _parsed(names: Iterable[ModelReference]) -> list[ModelName]:
    """Raises `InvalidOptionsError`, for one name in place of several too."""
    from ...errors import InvalidOptionsError

    if isinstance(names, str):
        raise InvalidOptionsError(f"Several models are named in a list: [{names!r}].", path="names")
    return [parse_model_name(name) for name in names]
