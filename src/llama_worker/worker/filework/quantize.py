"""From what somebody asks for to a task of `models/quantizing/`, and from its end to what is told."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from msgspec import convert, structs

from ...errors import ModelNotFoundError
from ...messages.events import Processing
from ...messages.quantized import QuantizedModel
from ...models.filework.task import Finished
from ...models.names import ModelName
from ...models.quantizing.file_types import file_type
from ...models.quantizing.task import QuantizeTask
from ..library import Library
from ..operations.operation import Operation
from .computing import checked_politeness, checked_threads
from .places import ensure_apart, given_file
from .running import Politeness, Report, begin_file_work, run_task


def checked_order(
    target: str | os.PathLike[str],
    quantization: str,
    imatrix: str | os.PathLike[str] | None,
    pure: bool,
    requantize: bool,
    overwrite: bool,
    threads: int | None,
) -> QuantizeTask:
    """The task, but for the model's files. Raises `InvalidOptionsError`."""
    return QuantizeTask(
        target=str(given_file(target, "target")),
        parts=(),
        quantization=file_type(quantization).name,
        imatrix=str(given_file(imatrix, "imatrix")) if imatrix is not None else None,
        pure=bool(pure),
        requantize=bool(requantize),
        overwrite=bool(overwrite),
        threads=checked_threads(threads),
    )


def begin_quantizing(
    library: Library, name: ModelName, order: QuantizeTask, politeness: Politeness
) -> Operation[QuantizedModel, Processing]:
    """The task as an operation."""
    checked_politeness(politeness)

    async def work(report: Report) -> QuantizedModel:
        task = await asyncio.to_thread(_with_parts, library, name, order)
        return _told(task, await run_task(task, report, politeness=politeness))

    return begin_file_work("quantize", work)


def _with_parts(library: Library, name: ModelName, order: QuantizeTask) -> QuantizeTask:
    """Raises `ModelNotFoundError` and `InvalidOptionsError`."""
    parts = tuple(str(path.resolve()) for path in library.store.resolve(name).parts)
    if order.imatrix is not None and not Path(order.imatrix).is_file():
        raise ModelNotFoundError(f"No importance matrix at {order.imatrix}.", model=order.imatrix)
    ensure_apart([Path(order.target)], map(Path, (*parts, order.imatrix) if order.imatrix else parts))
    return structs.replace(order, parts=parts)


def _told(task: QuantizeTask, finished: Finished) -> QuantizedModel:
    return convert({"path": task.target, "quantization": task.quantization} | finished.facts, QuantizedModel)
