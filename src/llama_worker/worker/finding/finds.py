"""A worker's methods that look for models on hubs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import InvalidOptionsError
from ...messages.found import FoundModel
from ...models.hub_names import Site
from ...options import LlamaOptions, ModelOptions
from ...options.plain import check_unicode

if TYPE_CHECKING:
    from ...engine.command import EngineKind
    from ...models.download.reach import Reach
    from .fitting import Machine

MOST_FOUND = 100


class FindsModels:
    """For `LlamaWorker`."""

    _options: LlamaOptions
    _kind: EngineKind | None

    async def search(
        self, query: str, /, *, fits: bool = False, limit: int = 10, site: Site = "hf"
    ) -> list[FoundModel]:
        """Repositories of a hub with GGUF files and all words of `query` in their names, the most downloaded first.

        Of each it is told what it has, and what of that fits into the memory that is free now, for which the first
        64 KiB of one file are read. `fits=True` leaves out what does not fit, among the first `4 * limit`. `limit` is 1
        to 100. `site`: "hf" (Hugging Face, or the mirror of HF_ENDPOINT) or "ms" (ModelScope). Needs no engine. Raises
        `InvalidOptionsError` or `DownloadError`.
        """
        return await self.search_within(None, query, fits=fits, limit=limit, site=site)

    async def search_within(
        self, reach: Reach | None, query: str, *, fits: bool = False, limit: int = 10, site: Site = "hf"
    ) -> list[FoundModel]:
        """For servers: the same for a client; raises `DownloadRefusedError` too."""
        from ...models.hub.finding import Search, find_models

        _check(query, limit, site)
        machine = await self._machine()
        return await find_models(Search(query, fits, limit, site), machine.fit, reach=reach)

    async def _machine(self) -> Machine:
        """What models are loaded into, as it is now."""
        from .fitting import this_machine

        return await this_machine(self._options, ModelOptions(), self._kind)


def _check(query: object, limit: object, site: object) -> None:
    if not isinstance(query, str) or "\x00" in query:
        raise InvalidOptionsError("query must be a text.", path="query")
    check_unicode(query, "query")
    if type(limit) is not int or not 1 <= limit <= MOST_FOUND:
        raise InvalidOptionsError(f"limit must be a whole number from 1 to {MOST_FOUND}.", path="limit")
    if site not in ("hf", "ms"):
        raise InvalidOptionsError('site must be "hf" or "ms".', path="site")
