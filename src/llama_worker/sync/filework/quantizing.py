"""Quantizing a model, without async."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Literal

from ...messages.events import Processing
from ...messages.quantized import QuantizedModel
from ..abilities.ability import WorkerAbility
from ..watching import finish


class QuantizesModels(WorkerAbility):
    """As `worker.filework.quantizing.QuantizesModels`. `on_progress` is called in the worker's thread."""

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
        on_progress: Callable[[Processing], object] | None = None,
    ) -> QuantizedModel:
        quantizing = self._loop.call(
            self._worker.quantize_model,
            model_path,
            target,
            quantization,
            imatrix=imatrix,
            pure=pure,
            requantize=requantize,
            overwrite=overwrite,
            threads=threads,
            politeness=politeness,
        )
        return finish(self._loop, quantizing, on_progress)
