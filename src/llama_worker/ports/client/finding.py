"""Looking for models on hubs, over a port."""

from __future__ import annotations

from msgspec import convert

from ...messages import Search
from ...messages.found import FoundModel
from ...models.hub_names import Site
from .remote_worker import RemoteWorker


class FindsRemoteModels:
    """For the bridge; what fits is what fits the worker's machine."""

    _remote: RemoteWorker

    async def search(
        self, query: str, /, *, fits: bool = False, limit: int = 10, site: Site = "hf"
    ) -> list[FoundModel]:
        """As `LlamaWorker.search`."""
        facts = {"query": query, "fits": fits, "limit": limit, "site": site}
        return convert(await self._remote.value(Search, **facts), list[FoundModel])
