"""Searches a hub, and says of everything found whether it fits this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import islice

from msgspec import Struct
from msgspec.structs import asdict

from ...errors import DownloadError, InvalidModelError, ModelNotFoundError
from ...messages.found import Fit, FoundFile, FoundModel
from ..download.fetcher import Fetcher
from ..download.reach import Reach
from ..download.remote_header import fetch_header, fetch_outline, hub_fetcher
from ..download.retry import TransferSettings
from ..gguf.header import GgufHeader
from ..gguf.outline import resized
from ..hub_names import HubName, Site
from ..store.choose import by_preference, choose_projector, quantization_of
from .asking import read_repository, search_repositories
from .repository import HubRepository
from .sites import hub_of

Fitting = Callable[[GgufHeader, int], Fit]
"""Whether a model fits; the number is bytes that are loaded beside it. May take some milliseconds."""

_AT_ONCE = 4
_LOOKED_AT_FOR_EACH = 4
_MOST_LOOKED_AT = 100
SEARCHING = TransferSettings(retries=2)
"""Somebody waits for the answer, and can ask again."""


class Search(Struct, frozen=True):
    """What is looked for: words of a repository's name; with `fits` only what fits, so many at most."""

    text: str
    fits: bool = False
    limit: int = 10
    site: Site = "hf"


async def find_models(
    search: Search, fitting: Fitting, settings: TransferSettings = SEARCHING, reach: Reach | None = None
) -> list[FoundModel]:
    """What the hub has of it, the most downloaded first. Raises DownloadError."""
    wanted = min(search.limit * _LOOKED_AT_FOR_EACH, _MOST_LOOKED_AT) if search.fits else search.limit
    names = await search_repositories(search.text, wanted, search.site, settings)
    hub = await asyncio.to_thread(hub_of, search.site)
    found: list[FoundModel] = []
    async with hub_fetcher(hub, settings, reach) as fetcher:
        looking = _Looking(fetcher, fitting, settings, reach)
        rest = iter(names)
        while len(found) < search.limit and (some := list(islice(rest, _AT_ONCE))):
            seen = await asyncio.gather(*map(looking.look_at, some))
            found += [model for model in seen if model and (model.fits or not search.fits)]
    return found[: search.limit]


class _Looking:
    def __init__(self, fetcher: Fetcher, fitting: Fitting, settings: TransferSettings, reach: Reach | None) -> None:
        self._fetcher = fetcher
        self._fitting = fitting
        self._settings = settings
        self._reach = reach

    async def look_at(self, name: HubName) -> FoundModel | None:
        """None when it has gone meanwhile, or has no whole model."""
        try:
            repository = await read_repository(name, self._settings)
        except ModelNotFoundError:
            return None
        sizes = repository.models()
        order = by_preference(sizes)
        if not order:
            return None
        try:
            header = await self._header(repository, order[0], sizes[order[0]])
        except (DownloadError, InvalidModelError, ModelNotFoundError) as error:
            return _described(repository, sizes, {}, error.message)
        fits = await asyncio.to_thread(self._fits, repository, header, sizes)
        return _described(repository, sizes, fits)

    async def _header(self, repository: HubRepository, path: str, size_bytes: int) -> GgufHeader:
        url, name = repository.url(repository.gguf_files[path]), repository.name_of(path)
        outline = await fetch_outline(self._fetcher, url, str(name), size_bytes, self._settings)
        return outline or await fetch_header(name, self._settings, self._reach)

    def _fits(self, repository: HubRepository, header: GgufHeader, sizes: dict[str, int]) -> dict[str, Fit]:
        files = repository.gguf_files
        beside = {path: choose_projector(list(files), path) for path in sizes}
        return {
            path: self._fitting(resized(header, size), files[helper].size_bytes if helper else 0)
            for path, size in sizes.items()
            for helper in [beside[path]]
        }


def _described(repository: HubRepository, sizes: dict[str, int], fits: dict[str, Fit], problem: str = "") -> FoundModel:
    files = [
        FoundFile(str(repository.name_of(path)), quantization_of(path) or "", size, fits.get(path))
        for path, size in sorted(sizes.items(), key=lambda item: item[1])
    ]
    order = by_preference(sizes)
    best = next((path for path in order if path in fits and fits[path].fits), None)
    told = fits.get(best or order[-1])
    return FoundModel(
        name=repository.name.whole,
        page=repository.hub.page(repository.name.repo),
        files=tuple(files),
        best=str(repository.name_of(best)) if best else None,
        fits=best is not None if fits else None,
        reason=told.reason if told else problem,
        **asdict(repository.facts),
    )
