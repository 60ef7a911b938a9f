"""What is to be quantized, and how."""

from __future__ import annotations

from ..filework.task import FileTask


class QuantizeOrder(FileTask, frozen=True, kw_only=True):
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
