"""What every group of a model's or worker's methods without async stands on."""

from __future__ import annotations

from ...worker import worker as asynchronous_worker
from ...worker.model import Model
from ..loop import LoopThread


class ModelAbility:
    """Methods of a model that run in the loop's thread."""

    def __init__(self, loop: LoopThread, model: Model) -> None:
        self._loop = loop
        self._model = model


class WorkerAbility:
    """Methods of a worker that run in the loop's thread."""

    _worker: asynchronous_worker.LlamaWorker

    @property
    def _loop(self) -> LoopThread:
        """For groups of methods: the thread, begun when first needed; raises `WorkerClosedError`. The worker has it."""
        raise NotImplementedError
