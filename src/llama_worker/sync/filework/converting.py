"""Converting a repository, without async."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Literal

from ...messages.converted import ConvertedModel
from ...messages.events import Processing
from ..abilities.ability import WorkerAbility
from ..watching import finish


class ConvertsModels(WorkerAbility):
    """As `worker.filework.converting.ConvertsModels`. `on_progress` is called in the worker's thread."""

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
        on_progress: Callable[[Processing], object] | None = None,
    ) -> ConvertedModel:
        converting = self._loop.call(
            self._worker.convert_model,
            source,
            target,
            dtype,
            base=base,
            quantize=quantize,
            overwrite=overwrite,
            threads=threads,
            politeness=politeness,
        )
        return finish(self._loop, converting, on_progress)
