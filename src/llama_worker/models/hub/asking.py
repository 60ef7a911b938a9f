"""Asks hubs, from an event loop: what a name means, and what there is."""

from __future__ import annotations

import asyncio

from ...errors import DownloadError, NoGgufError
from ..download.retry import TransferSettings, retrying
from ..hub_names import HubName, Site, hub_repository
from . import huggingface, modelscope
from .choosing import model_of, no_gguf
from .repository import HubModel, HubRepository
from .sites import hub_of

_OFFERS = 3


async def find_model(name: HubName, settings: TransferSettings | None = None) -> HubModel:
    """What `name` means at this moment.

    Raises NoGgufError, which offers repositories that have one, ModelNotFoundError, whose sentence lists what there is,
    or DownloadError.
    """
    repository = await read_repository(name, settings)
    try:
        return model_of(repository)
    except NoGgufError as error:
        raise no_gguf(name, await _offers(name, settings)) from error


async def _offers(name: HubName, settings: TransferSettings | None) -> list[HubName]:
    """What cannot be asked for is not offered: that the repository has none is known all the same."""
    try:
        return await quantized_from(name, _OFFERS, settings)
    except DownloadError:  # as of a mirror that cannot be searched
        return []


async def read_repository(name: HubName, settings: TransferSettings | None = None) -> HubRepository:
    """What the repository of `name` has at its revision. Raises ModelNotFoundError or DownloadError."""
    if name.site == "ms":
        return await modelscope.read_repository(name, settings)
    return await retrying(lambda: asyncio.to_thread(_read_from_hf, name), settings or TransferSettings())


def _read_from_hf(name: HubName) -> HubRepository:
    return huggingface.read_repository(name, hub_of("hf"))


async def search_repositories(
    text: str, limit: int, site: Site = "hf", settings: TransferSettings | None = None
) -> list[HubName]:
    """Repositories with GGUF files that `text` finds, the most downloaded first. Raises DownloadError."""
    search = modelscope.search if site == "ms" else huggingface.search
    return [hub_repository(repo, site) for repo in await search(text, limit, settings)]


async def quantized_from(name: HubName, limit: int, settings: TransferSettings | None = None) -> list[HubName]:
    """Repositories with GGUF files that say they hold quantizations of that one, the most downloaded first. ModelScope
    cannot be asked for these."""
    if name.site == "ms":
        return []
    found = await huggingface.quantized_from(name.repo, limit, settings)
    return [hub_repository(repo, name.site) for repo in found]
