"""All that a worker does with model files."""

from __future__ import annotations

from .converting import ConvertsModels
from .editing import EditsModels
from .quantizing import QuantizesModels


class WorksOnFiles(EditsModels, ConvertsModels, QuantizesModels):
    """For `LlamaWorker`."""
