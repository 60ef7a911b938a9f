"""All that a worker does with model files."""

from __future__ import annotations

from .editing import EditsModels
from .quantizing import QuantizesModels


class WorksOnFiles(EditsModels, QuantizesModels):
    """For `LlamaWorker`."""
