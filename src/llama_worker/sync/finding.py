"""Looking for models on hubs, without async."""

from __future__ import annotations

from ..messages.found import FoundModel
from ..models.hub_names import Site
from ..worker import worker as asynchronous_worker
from .loop import LoopThread


class FindsModels:
    """For the worker without async."""

    @property
    def inside(self) -> tuple[LoopThread, asynchronous_worker.LlamaWorker]:
        raise NotImplementedError

    def search(self, query: str, /, *, fits: bool = False, limit: int = 10, site: Site = "hf") -> list[FoundModel]:
        loop, worker = self.inside
        return loop.run(worker.search(query, fits=fits, limit=limit, site=site))
