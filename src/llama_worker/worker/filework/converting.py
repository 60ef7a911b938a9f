"""A worker's method that converts a repository."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from ...messages.converted import ConvertedModel
from ...messages.events import Processing
from ..abilities.worker_ability import WorkerAbility
from ..operations.operation import Operation

if TYPE_CHECKING:
    pass


class ConvertsModels(WorkerAbility):
    """For `LlamaWorker`."""

    def convert_model(
        self,
        source: str | os.PathLike[str],
        target: str | os.PathLike[str],
        dtype: Literal["auto", "f32", "f16", "bf16", "q8_0"] = "auto",
        *,
        base: str | os.PathLike[str] | None = None,
        quantize: str | None = None,
        overwrite: bool = False,
        threads: int | None = None,
        politeness: Literal["normal", "background"] = "normal",
    ) -> Operation[ConvertedModel, Processing]:
        """Make the GGUF file `target` of a repository of safetensors: a folder, or `hf:org/repo`, which is downloaded.

        `dtype` is the type of the weights; "auto" is bf16 or f16, as the repository has them. `quantize` ("Q4_K_M")
        quantizes them at once, as `quantize_model` does, with room on the disk for both files meanwhile. `overwrite`
        allows to replace the target. `threads`, `politeness`: as for `quantize_model`.

        With `base`, `source` is that of a LoRA adapter as PEFT saves it, and `base` that of the model which it changes,
        of which config.json is enough; "auto" is f32 then, and nothing is quantized.

        Needs the extra `convert`, no torch. Streams `Processing` events, runs in a process of its own, never runs code
        of the repository. An aborted one goes on when it is begun again. Raises `InvalidOptionsError` at once; awaiting
        it raises `NotSupportedError` for what cannot be converted, `InvalidModelError`, `ModelNotFoundError`,
        `MissingPackageError`, `FileWorkError` or `DownloadError`.
        """
        from .convert import begin_converting, checked_conversion

        self._ensure_open()
        order = checked_conversion(source, target, dtype, quantize, overwrite, threads, politeness, base)
        return self._track(begin_converting(self._library, order))
