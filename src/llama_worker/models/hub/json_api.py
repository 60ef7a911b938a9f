"""Questions to a hub's HTTP API that are answered with JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from msgspec import DecodeError, json

from ...errors import DownloadError
from ..download.fetcher import Fetcher
from ..download.retry import RetryLater, TransferSettings, retrying
from ..hub_names import Site
from .sites import Hub, endpoint_variable, hub_of, is_offline

_MOST_BYTES = 16 << 20


async def ask_json(
    site: Site, path: str, query: Mapping[str, Any], about: str, settings: TransferSettings | None = None
) -> Any:
    """What the hub answers; `about` is what errors call the question.

    Raises DownloadError, or ModelNotFoundError for 404.
    """
    if is_offline():
        raise DownloadError(f"HF_HUB_OFFLINE forbids to ask a hub for {about}.", reason="offline")
    settings, hub = settings or TransferSettings(), await asyncio.to_thread(hub_of, site)
    url = f"{hub.endpoint}{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")
    async with Fetcher(hub.endpoint, hub.credentials, settings.stall_seconds) as fetcher:
        return await retrying(lambda: _ask(fetcher, url, about, hub), settings)


async def _ask(fetcher: Fetcher, url: str, about: str, hub: Hub) -> Any:
    try:
        async with fetcher.get(url, about) as response:
            body = b""
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > _MOST_BYTES:
                    break
            return json.decode(body)
    except RetryLater as refused:
        raise RetryLater(_told(refused, hub), refused.after) from refused.__cause__
    except DecodeError as error:
        message = f"{hub.endpoint} answered with something else than a hub does; check {endpoint_variable(hub.site)}."
        raise DownloadError(message, reason="server") from error


def _told(refused: RetryLater, hub: Hub) -> DownloadError:
    """Nothing was begun that could be resumed, as the sentence of a download has it."""
    error, cause = refused.error, refused.__cause__
    if error.reason not in ("network", "stalled"):
        return error
    system = getattr(cause, "os_error", None)
    return unreachable(hub, getattr(system, "strerror", None) or str(cause) or error.message.partition(";")[0])


def unreachable(hub: Hub, why: str) -> DownloadError:
    """That nobody answers there."""
    place = endpoint_variable(hub.site)
    return DownloadError(
        f"{hub.endpoint} cannot be reached ({why}); check the connection, the proxy or {place}.", reason="network"
    )
