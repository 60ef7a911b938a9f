"""Newer revisions of models that came from a hub; the old one goes when the new one is whole."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from ...errors import DownloadError, InvalidOptionsError, ModelNotFoundError
from ...messages.events import Progress
from ...messages.stored import ModelUpdate
from ..download.download import Downloader
from ..hub.asking import find_model
from ..hub.repository import HubFile, HubModel
from ..names import HubName, ModelName, parse_model_name
from ..store.files import ModelFiles
from ..store.removal import remove_revision
from ..store.store import ModelStore
from .background import Report


async def update_models(
    store: ModelStore, names: Sequence[ModelName], report: Report, *, check: bool = False
) -> list[ModelUpdate]:
    """What became of the models of these names, or without any of all that are here and came from a hub; with `check`
    only what would.

    Raises ModelNotFoundError for a name that is not here, and InvalidOptionsError for one that is of no hub. What goes
    wrong with one model is told, and the others go on.
    """
    wanted = await asyncio.to_thread(_wanted, store, names)
    done = []
    for index, name in enumerate(wanted):
        report(Progress(index / len(wanted), str(name)))
        done.append(await _updated(store, name, check=check))
    return done


def _wanted(store: ModelStore, names: Sequence[ModelName]) -> list[HubName]:
    if not names:
        here = [entry for entry in store.list() if entry.origin == "hub" and entry.state == "complete"]
        found = [parse_model_name(entry.name) for entry in here if not entry.hidden and not entry.read_only]
        return [name for name in found if isinstance(name, HubName)]
    wanted = []
    for name in names:
        if not isinstance(name, HubName):
            raise InvalidOptionsError(f"{name} is of no hub, whose models alone have revisions.", path="names")
        store.resolve(name)
        wanted.append(name)
    return wanted


async def _updated(store: ModelStore, name: HubName, *, check: bool) -> ModelUpdate:
    files = await asyncio.to_thread(store.resolve, name)
    here = revision_of(files.path)
    told = ModelUpdate(name=str(name), state="current", revision=here)
    if name.revision == here:
        return replace(told, state="pinned")
    try:
        newest = await find_model(name)
        told = await asyncio.to_thread(_compared, told, files, newest)
        if check or told.state == "current":
            return told
        await Downloader(store).download(name)
    except ModelNotFoundError as error:
        return replace(told, state="gone", problem=error.message)
    except DownloadError as error:
        return replace(told, state="failed", problem=error.message)
    await asyncio.to_thread(remove_revision, files)
    return replace(told, updated=True)


def _compared(told: ModelUpdate, files: ModelFiles, newest: HubModel) -> ModelUpdate:
    commit = newest.repository.commit
    if commit == told.revision:
        return replace(told, newest=commit)
    have = {Path(os.path.realpath(path)).name for path in files.all}
    missing = [file for file in newest.files if not _is_here(file, files, have)]
    size = sum(file.size_bytes for file in missing)
    return replace(told, state="newer" if missing else "same_file", newest=commit, size_bytes=size)


def _is_here(file: HubFile, files: ModelFiles, have: set[str]) -> bool:
    """Under its digest: of this revision, or brought by another one."""
    return file.blob in have or (Path(os.path.realpath(files.path)).with_name(file.blob)).is_file()


def revision_of(path: Path) -> str | None:
    """The commit of a file in the cache."""
    parts = path.parts
    return parts[parts.index("snapshots") + 1] if "snapshots" in parts else None
