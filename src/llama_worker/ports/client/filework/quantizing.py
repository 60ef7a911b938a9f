"""Quantizing a model, over a port."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal

from msgspec import convert

from ....messages import QuantizeModel, Result
from ....messages.events import Processing
from ....messages.quantized import QuantizedModel
from ....worker.operations.operation import Operation
from ..abilities.ability import WorkerAbility
from ..model_names import sent


class QuantizesModels(WorkerAbility):
    """As `worker.filework.quantizing.QuantizesModels`."""

    def quantize_model(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        target: str | os.PathLike[str],
        quantization: str = "Q4_K_M",
        *,
        imatrix: str | os.PathLike[str] | None = None,
        pure: bool = False,
        requantize: bool = False,
        overwrite: bool = False,
        threads: int | None = None,
        politeness: Literal["normal", "background"] = "normal",
    ) -> Operation[QuantizedModel, Processing]:
        """As `LlamaWorker.quantize_model`; all files are on the worker's machine."""
        self._ensure_open()
        facts = {
            "model_path": sent(model_path),
            "target": os.fspath(target),
            "quantization": quantization,
            "imatrix": os.fspath(imatrix) if imatrix is not None else None,
            "pure": pure,
            "requantize": requantize,
            "overwrite": overwrite,
            "threads": threads,
            "politeness": politeness,
        }
        return self._remote.follow("quantize", _quantized, QuantizeModel, **facts)


def _quantized(end: Result) -> QuantizedModel:
    return convert(end.value, QuantizedModel)
