"""Which model of a repository is fetched when only the repository is named: the usual one, or the largest below it that
fits this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from msgspec import Struct

from ...errors import DownloadError, InsufficientMemoryError, InvalidModelError, ModelNotFoundError
from ...messages.found import Fit
from ...models.download.reach import Reach
from ...models.download.remote_header import fetch_header
from ...models.download.retry import TransferSettings
from ...models.gguf.header import GgufHeader
from ...models.gguf.outline import resized
from ...models.hub.asking import read_repository
from ...models.hub.repository import HubRepository
from ...models.hub.sites import is_offline
from ...models.names import HubName, ModelName
from ...models.store.choose import by_preference, choose_projector, quantization_of
from ...models.store.store import ModelStore
from .fitting import Machine

_BRIEFLY = TransferSettings(retries=3)  # the download that follows tries for longer


class Choice(Struct, frozen=True):
    """The model to fetch, and why this one; no reason where nothing was to be chosen."""

    name: ModelName
    reason: str = ""


async def choose(
    name: ModelName,
    store: ModelStore,
    machine: Callable[[], Awaitable[Machine]],
    reach: Reach | None = None,
    settings: TransferSettings | None = None,
) -> Choice:
    """What `name` means on this machine. Raises InsufficientMemoryError when nothing of the repository fits.

    What is wrong with the repository or the network is left to the download that follows, which tells it.
    """
    if not isinstance(name, HubName) or name.file or name.quantization or is_offline():
        return Choice(name)
    if reach is not None:
        reach.check_name(name)
    try:
        repository = await read_repository(name, settings or _BRIEFLY)
        order = by_preference(repository.models())
        if len(order) < 2:
            return Choice(name)
        if present := await asyncio.to_thread(_present, store, repository, order):
            return Choice(repository.name_of(present), "it is here already")
        header = await fetch_header(_named(repository, order[0]), settings or TransferSettings(), reach)
    except (DownloadError, ModelNotFoundError, InvalidModelError):
        return Choice(name)
    fits = await asyncio.to_thread(_fits, repository, order, header, await machine())
    return _chosen(repository, order, fits)


def _present(store: ModelStore, repository: HubRepository, order: list[str]) -> str | None:
    """What was fetched of it before is kept up to date, whatever is free today."""
    cached = store.repository(repository.name)
    commit = cached.commit(repository.name.revision)
    files = cached.files(commit) if commit else []
    return next((path for path in order if path in files), None)


def _named(repository: HubRepository, path: str) -> HubName:
    name = repository.name
    return HubName(name.repo, file=path, revision=name.revision, site=name.site)


def _fits(repository: HubRepository, order: list[str], header: GgufHeader, machine: Machine) -> dict[str, Fit]:
    """Of each up to the first that fits: the header of one is that of the others but for the sizes of its tensors."""
    files, sizes, fits = repository.gguf_files, repository.models(), dict[str, Fit]()
    for path in order:
        projector = choose_projector(list(files), path)
        beside = files[projector].size_bytes if projector else 0
        fits[path] = machine.fit(resized(header, sizes[path]), beside)
        if fits[path].fits:
            break
    return fits


def _chosen(repository: HubRepository, order: list[str], fits: dict[str, Fit]) -> Choice:
    path, fit = list(fits.items())[-1]
    if not fit.fits:
        raise InsufficientMemoryError(
            f"Nothing of {repository.name} fits: the smallest, {repository.name_of(path)}, {fit.reason}; name one to "
            "fetch it all the same.",
            required_bytes=fit.required_bytes,
            available_bytes=fit.available_bytes,
            model=str(repository.name),
        )
    usual = quantization_of(order[0]) or order[0]
    if path == order[0]:
        return Choice(repository.name_of(path), f"the usual choice; it {fit.reason}")
    why = f"{usual} {fits[order[0]].reason}; the largest below it that fits {fit.reason}"
    return Choice(repository.name_of(path), why)
