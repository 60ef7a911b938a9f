"""What every group of a model's methods without async stands on."""

from __future__ import annotations

from ...worker.model import Model
from ..loop import LoopThread


class ModelAbility:
    """Methods of a model that run in the loop's thread."""

    def __init__(self, loop: LoopThread, model: Model) -> None:
        self._loop = loop
        self._model = model
