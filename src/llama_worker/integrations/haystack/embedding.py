"""What Haystack's embedders of documents and of queries share."""

from __future__ import annotations

from typing import Any, Self

from haystack import default_from_dict, default_to_dict

from ..access.model import ModelAccess, ModelLike, WorkerLike
from ..access.options import given
from .serializing import model_in_a_file


class Embedder:
    """Its model, and what is put around each text. `saved` are the fields that a pipeline's file has."""

    saved: tuple[str, ...] = ("model_options", "dimensions", "truncate", "prefix", "suffix")
    model: ModelLike
    worker: WorkerLike | None
    model_options: dict[str, Any] | None
    dimensions: int | None
    truncate: bool
    prefix: str
    suffix: str

    def _set_up(self, **said: Any) -> None:
        for name, value in said.items():
            setattr(self, name, value)
        self._access = ModelAccess(self.model, self.worker, self.model_options)

    def to_dict(self) -> dict[str, Any]:
        """For a pipeline's file. Raises ValueError where the model was given loaded, or with a worker."""
        saved = {name: getattr(self, name) for name in self.saved}
        told: dict[str, Any] = default_to_dict(self, model=model_in_a_file(self.model, self.worker), **saved)
        return told

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        made: Self = default_from_dict(cls, data)
        return made

    @property
    def _options(self) -> dict[str, Any]:
        return given(dimensions=self.dimensions, truncate=self.truncate)
