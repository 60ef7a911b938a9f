"""Quantizing as a task: what the process for it is told."""

from __future__ import annotations

from pathlib import Path

from ..filework.task import FileTask, Finished, Report


class QuantizeTask(FileTask, frozen=True, kw_only=True):
    """`parts`: the files of the model; `quantization` as `file_types.py` knows it; `imatrix`: an importance matrix.

    `pure`: every tensor gets the main type; `requantize`: tensors that have been quantized before may be again.
    """

    parts: tuple[str, ...]
    quantization: str
    imatrix: str | None = None
    pure: bool = False
    requantize: bool = False

    def reads(self) -> tuple[str, ...]:
        return (*self.parts, *([self.imatrix] if self.imatrix else []))

    def run(self, folder: Path, report: Report) -> Finished:
        from .run import quantize

        return quantize(self, folder, report)
