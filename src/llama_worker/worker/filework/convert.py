"""From what somebody asks for to a task of `models/converting/`, and from its end to what is told."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct, convert, structs

from ...errors import InvalidOptionsError
from ...messages.converted import ConvertedModel
from ...messages.events import Downloading, Event, Processing
from ...models.converting.checkpoint.index import shards
from ...models.converting.checkpoint.repository import Repository
from ...models.converting.extra import ensure_packages
from ...models.converting.file_types import FILE_TYPES
from ...models.converting.table import ensure_known
from ...models.converting.task import ConvertTask
from ...models.names import FileName, HubName, parse_model_name
from ...models.quantizing.file_types import file_type
from ..library import Library
from ..operations.operation import Operation
from .places import ensure_apart
from .quantize import checked_politeness, checked_threads, file_place
from .running import Politeness, run_task


class Order(Struct, frozen=True):
    """What is asked for: `source` is a folder or a repository, `task` has all that does not depend on it."""

    source: FileName | HubName
    task: ConvertTask
    politeness: Politeness


def checked_conversion(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    dtype: str,
    quantize: str | None,
    overwrite: bool,
    threads: int | None,
    politeness: Politeness,
) -> Order:
    """Raises `InvalidOptionsError`."""
    name = parse_model_name(source)
    if not isinstance(name, (FileName, HubName)) or (isinstance(name, HubName) and (name.file or name.quantization)):
        message = f"{os.fspath(source)} is no repository: convert takes a folder, or a name as hf:org/repo."
        raise InvalidOptionsError(message, path="source")
    if dtype not in ("auto", *FILE_TYPES):
        raise InvalidOptionsError(f"dtype is one of auto, {', '.join(FILE_TYPES)}, not {dtype!r}.", path="dtype")
    task = ConvertTask(
        target=str(file_place(target, "target")),
        source="",
        name="",
        dtype=dtype,
        quantization=file_type(quantize).name if quantize is not None else None,
        overwrite=bool(overwrite),
        threads=checked_threads(threads),
    )
    return Order(name, task, checked_politeness(politeness))


def begin_converting(library: Library, order: Order) -> Operation[ConvertedModel, Processing]:
    """The order as an operation."""

    async def work(operation: Operation[ConvertedModel, Processing]) -> ConvertedModel:
        operation.mark("running")
        ensure_packages()
        folder = await _folder(library, order.source, operation.report)
        task = await asyncio.to_thread(_checked, order, folder)
        finished = await run_task(task, operation.report, politeness=order.politeness)
        return convert({"path": task.target} | finished.facts, ConvertedModel)

    return Operation("convert", work, to_item=lambda event: event if isinstance(event, Processing) else None)


async def _folder(library: Library, source: FileName | HubName, report: Callable[[Event], object]) -> Path:
    if isinstance(source, FileName):
        return source.path.expanduser().absolute()
    return await library.fetch_repository(source, report=lambda event: _tell(report, event))


def _tell(report: Callable[[Event], object], event: Downloading) -> None:
    report(_processing(event))


def _processing(event: Downloading) -> Processing:
    """A download as the first stage of the work: converting begins anew at 0."""
    return Processing(
        value=0.0,
        stage=f"download {event.stage}",
        done_bytes=event.downloaded_bytes,
        total_bytes=event.total_bytes,
        bytes_per_second=event.bytes_per_second,
        seconds_left=event.seconds_left,
    )


def _checked(order: Order, folder: Path) -> ConvertTask:
    """What can be known without reading weights is known before a process is started."""
    name = order.source.repo.rpartition("/")[2] if isinstance(order.source, HubName) else None
    repository = Repository(folder, name)
    ensure_known(repository)
    shards(repository)
    ensure_apart([Path(order.task.target)], (path for path in folder.iterdir() if path.suffix != ".gguf"))
    return structs.replace(order.task, source=str(folder), name=repository.name)
