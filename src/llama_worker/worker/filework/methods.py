"""All that a worker does with model files."""

from __future__ import annotations

from .quantizing import QuantizesModels


class WorksOnFiles(QuantizesModels):
    """For `LlamaWorker`."""
