"""All that a worker does with model files."""

from __future__ import annotations

from ..abilities.files import FileAbilities
from .quantizing import QuantizesModels


class WorksOnFiles(FileAbilities, QuantizesModels):
    """As `worker.filework.methods.WorksOnFiles`."""
