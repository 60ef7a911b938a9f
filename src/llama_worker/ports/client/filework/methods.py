"""All that a worker at the other end of a port does with model files."""

from __future__ import annotations

from ..abilities.files import FileAbilities
from .converting import ConvertsModels
from .quantizing import QuantizesModels


class WorksOnFiles(FileAbilities, ConvertsModels, QuantizesModels):
    """As `worker.filework.methods.WorksOnFiles`."""
