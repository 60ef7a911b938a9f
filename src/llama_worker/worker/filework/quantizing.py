"""A worker's method that quantizes a model."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from ...messages.events import Processing
from ...messages.quantized import QuantizedModel
from ...models.names import parse_model_name
from ..abilities.worker_ability import WorkerAbility
from ..operations.operation import Operation

if TYPE_CHECKING:
    pass


class QuantizesModels(WorkerAbility):
    """For `LlamaWorker`."""

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
        """Write a smaller copy of a model that is here, all its parts, into the file `target`.

        `quantization` is a mixture as llama.cpp has them ("Q4_K_M", "Q8_0", "IQ4_XS"); tensors come out byte for byte
        as with its llama-quantize. `imatrix` is an importance matrix, which the smallest mixtures need. `pure` gives
        every tensor the same type, `requantize` allows a model that is quantized already, `overwrite` to replace the
        target. `threads`: default one for each processor; `politeness`: "background" computes only what others leave.

        Streams `Processing` events, computes in a process of its own. What an aborted or killed one wrote is checked
        and used by the next. Raises `InvalidOptionsError` at once; awaiting it raises that, `ModelNotFoundError`,
        `InvalidModelError` or `FileWorkError`.
        """
        from .quantize import begin_quantizing, checked_order

        self._ensure_open()
        order = checked_order(target, quantization, imatrix, pure, requantize, overwrite, threads)
        return self._track(begin_quantizing(self._library, parse_model_name(model_path), order, politeness))
