"""What a worker tells of the models that it has."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ...messages.values import LoadedModel
from ...options import LlamaOptions

if TYPE_CHECKING:
    from ..model import Model
    from .residency import Residency


class ListsModels:
    """The part of a worker that tells."""

    _options: LlamaOptions

    @cached_property
    def residency(self) -> Residency:
        """For servers, too."""
        from .residency import Residency  # with all that loads a model

        return Residency(lambda: self._options.memory_budget)

    @property
    def models(self) -> tuple[Model, ...]:
        """The loaded models, oldest first."""
        raise NotImplementedError

    async def list_models(self) -> list[LoadedModel]:
        """The loaded models, oldest first, as they are now: what of their engines is in memory, who uses them, and on
        which terms they are there."""
        return [self._listed(model) for model in self.models]

    def _listed(self, model: Model) -> LoadedModel:
        resident = self.residency.of(model.runtime)
        return LoadedModel(
            model_id=model.id,
            model_info=model.info,
            users=model.runtime.usage.users,
            keep=resident is None or resident.keep,
            keep_alive=resident.keep_alive if resident else None,
        )
