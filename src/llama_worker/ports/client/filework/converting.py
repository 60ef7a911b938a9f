"""Converting a repository, over a port."""

from __future__ import annotations

import os
from typing import Literal

from msgspec import convert

from ....messages import ConvertModel, Result
from ....messages.converted import ConvertedModel
from ....messages.events import Processing
from ....worker.operations.operation import Operation
from ..abilities.ability import WorkerAbility


class ConvertsModels(WorkerAbility):
    """As `worker.filework.converting.ConvertsModels`."""

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
        """As `LlamaWorker.convert_model`; all files are on the worker's machine."""
        self._ensure_open()
        facts = {
            "source": os.fspath(source),
            "target": os.fspath(target),
            "dtype": dtype,
            "base": os.fspath(base) if base is not None else None,
            "quantize": quantize,
            "overwrite": overwrite,
            "threads": threads,
            "politeness": politeness,
        }
        return self._remote.follow("convert", _converted, ConvertModel, **facts)


def _converted(end: Result) -> ConvertedModel:
    return convert(end.value, ConvertedModel)
