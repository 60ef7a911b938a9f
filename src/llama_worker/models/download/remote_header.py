"""The headers of models that are not here, read with a few range requests."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ...errors import DownloadError, InvalidModelError, ModelNotFoundError
from ..gguf.cursor import MAX_HEADER_BYTES, NeedMoreBytes
from ..gguf.header import GgufHeader
from ..gguf.inspect import join_parts, read_model, read_source
from ..gguf.outline import FIRST_BYTES, read_outline
from ..hub.asking import find_model
from ..hub.sites import Hub, is_offline
from ..names import HubName, ModelName, UrlName
from ..store.store import ModelStore
from .fetcher import Fetcher, parse_content_range
from .reach import Reach
from .remote import part_urls
from .retry import TransferSettings, retrying

_FIRST_BYTES = 1 << 20


class PrefixSource:
    """The first bytes of a file of `size` bytes; asking for more raises NeedMoreBytes."""

    def __init__(self, content: bytes, size: int) -> None:
        self._content = content
        self.size = size

    def read_at(self, offset: int, length: int) -> bytes:
        if offset + length > len(self._content):
            raise NeedMoreBytes(offset + length)
        return self._content[offset : offset + length]


class Beginning(PrefixSource):
    """The same for who makes do with what is there: the file seems to end where the bytes end."""

    def read_at(self, offset: int, length: int) -> bytes:
        return self._content[offset : offset + length]


async def find_header(
    store: ModelStore, name: ModelName, settings: TransferSettings | None = None, reach: Reach | None = None
) -> GgufHeader:
    """The header of a model: of the files that are here, else of those on the hub or at the URL, within `reach`.

    Fetches the header alone, some megabytes at most. Raises ModelNotFoundError, InvalidModelError or DownloadError.
    """
    try:
        files = await asyncio.to_thread(store.resolve, name)
        return await asyncio.to_thread(read_model, files.parts)
    except ModelNotFoundError:
        if not isinstance(name, HubName | UrlName) or is_offline():
            raise
    if reach is not None:
        reach.check_name(name)
    return await fetch_header(name, settings or TransferSettings(), reach)


async def fetch_header(name: HubName | UrlName, settings: TransferSettings, reach: Reach | None = None) -> GgufHeader:
    """The header of a remote model, all its parts taken together."""
    fetcher, urls = await _locate(name, settings, reach)
    async with fetcher:
        parts = [await _fetch_part(fetcher, url, str(name), settings) for url in urls]
    return join_parts(parts)


async def fetch_outline(
    fetcher: Fetcher, url: str, name: str, size_bytes: int, settings: TransferSettings
) -> GgufHeader | None:
    """What a model is, with one request; None when that takes more. Raises as `fetch_header`."""
    content, _ = await retrying(lambda: _fetch_range(fetcher, url, name, 0, FIRST_BYTES), settings)
    return await asyncio.to_thread(read_outline, Beginning(content, size_bytes), name, size_bytes)


async def _locate(
    name: HubName | UrlName, settings: TransferSettings, reach: Reach | None
) -> tuple[Fetcher, Sequence[str]]:
    if isinstance(name, UrlName):
        return Fetcher(stall_seconds=settings.stall_seconds, reach=reach), part_urls(name)
    model = await find_model(name, settings)
    return hub_fetcher(model.repository.hub, settings, reach), model.urls


def hub_fetcher(hub: Hub, settings: TransferSettings, reach: Reach | None = None) -> Fetcher:
    """Fetches from a hub, with what it is shown of its user."""
    return Fetcher(hub.endpoint, hub.credentials, settings.stall_seconds, reach)


async def _fetch_part(fetcher: Fetcher, url: str, name: str, settings: TransferSettings) -> GgufHeader:
    """Fetch more and more of the beginning until it holds the whole header."""
    content, wanted = b"", _FIRST_BYTES
    while True:
        addition, size = await retrying(lambda: _fetch_range(fetcher, url, name, len(content), wanted), settings)  # noqa: B023
        content += addition
        try:
            return await asyncio.to_thread(read_source, PrefixSource(content, size), name)
        except NeedMoreBytes as more:
            if not addition or more.end > MAX_HEADER_BYTES:
                raise InvalidModelError(f"{name} is not a usable GGUF model: its header has no end.") from more
            wanted = min(max(2 * len(content), more.end), size)


async def _fetch_range(fetcher: Fetcher, url: str, name: str, start: int, end: int) -> tuple[bytes, int]:
    async with fetcher.get(url, name, {"Range": f"bytes={start}-{end - 1}"}) as response:
        answered = parse_content_range(response)
        if answered is None or answered[0] != start:
            raise DownloadError(f"The server of {name} cannot send parts of it; pull the whole.", model=name)
        return await response.read(), answered[2]
