"""Asks hubs, from an event loop: what a name means, and what there is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from ...errors import DownloadError, NoGgufError
from ..download.retry import TransferSettings, retrying
from ..hub_names import HubName, Site
from . import huggingface
from .choosing import model_of, no_gguf
from .repository import HubModel, HubRepository
from .sites import Hub, hub_of

Answer = TypeVar("Answer")
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
    return await _ask(name.site, lambda hub: huggingface.read_repository(name, hub), settings)


async def search_repositories(
    text: str, limit: int, site: Site = "hf", settings: TransferSettings | None = None
) -> list[HubName]:
    """Repositories with GGUF files that `text` finds, the most downloaded first. Raises DownloadError."""
    found = await _ask(site, lambda hub: huggingface.search(hub, text, limit), settings)
    return [HubName(repo, site=site) for repo in found]


async def quantized_from(name: HubName, limit: int, settings: TransferSettings | None = None) -> list[HubName]:
    """Repositories with GGUF files that say they hold quantizations of that one, the most downloaded first."""
    found = await _ask(name.site, lambda hub: huggingface.quantized_from(hub, name.repo, limit), settings)
    return [HubName(repo, site=name.site) for repo in found]


async def _ask(site: Site, ask: Callable[[Hub], Answer], settings: TransferSettings | None) -> Answer:
    return await retrying(lambda: asyncio.to_thread(lambda: ask(hub_of(site))), settings or TransferSettings())
