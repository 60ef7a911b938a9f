"""All that a worker does with model files, without async."""

from __future__ import annotations

from ..abilities.files import FileAbilities
from .converting import ConvertsModels
from .quantizing import QuantizesModels


class WorksOnFiles(FileAbilities, ConvertsModels, QuantizesModels):
    """As `worker.filework.methods.WorksOnFiles`."""
