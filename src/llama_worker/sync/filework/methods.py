"""All that a worker does, without async with model files."""

from __future__ import annotations

from .converting import ConvertsModels
from .editing import EditsModels
from .quantizing import QuantizesModels


class WorksOnFiles(ConvertsModels, EditsModels, QuantizesModels):
    """For `llama_worker.sync.LlamaWorker`."""
