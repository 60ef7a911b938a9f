"""Quantizing as a task: what the process for it is told."""

from __future__ import annotations

from pathlib import Path

from ..filework.task import Finished, Report
from .order import QuantizeOrder


class QuantizeTask(QuantizeOrder, frozen=True, kw_only=True):
    """An order that can be carried out."""

    def run(self, folder: Path, report: Report) -> Finished:
        from .run import quantize

        return quantize(self, folder, report)
