"""Fetching what a lock has, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from ...messages.events import Progress
from ...messages.stored import PinnedModel
from ..download.download import Downloader
from ..maintenance.background import Report
from ..names import ModelName, UrlName, parse_model_name
from ..store.files import ModelFiles
from ..store.store import ModelStore
from .lock_file import LockedModel
from .locking import ModelLock


async def download_locked(
    store: ModelStore, path: Path, report: Report, names: Sequence[ModelName] = ()
) -> list[PinnedModel]:
    """Fetch the models of the lock at `path`, or those of them that are named, at their revisions; each is compared
    with the lock, byte for byte.

    Raises IntegrityError for what is no lock and for other bytes, ModelNotLockedError for a name that it does not have,
    and what a download raises.
    """
    lock = await asyncio.to_thread(ModelLock, path)
    wanted = [lock.find(name) for name in names] or lock.models
    done = []
    for index, model in enumerate(wanted):
        report(Progress(index / len(wanted), model.name))
        done.append(pinned(model, await _fetched(store, lock, model)))
    return done


async def _fetched(store: ModelStore, lock: ModelLock, model: LockedModel) -> ModelFiles:
    source = parse_model_name(model.source)
    one = model.files[0] if isinstance(source, UrlName) and len(model.files) == 1 else None
    await Downloader(store).download(source, sha256=one.sha256 if one else None, size=one.size if one else None)
    files = await asyncio.to_thread(store.resolve, source)
    await asyncio.to_thread(lock.check, model, files)
    return files


def pinned(model: LockedModel, files: ModelFiles | None = None) -> PinnedModel:
    """An entry of a lock, as it is told."""
    size = sum(file.size for file in model.files)
    path = str(files.path) if files else None
    return PinnedModel(name=model.name, source=model.source, license=model.license, size_bytes=size, path=path)
