"""From what somebody asks for to a task of `models/converting/`, and from its end to what is told."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct, convert, structs

from ...errors import InvalidOptionsError
from ...messages.converted import ConvertedModel
from ...messages.events import Downloading, Processing
from ...models.converting.checkpoint.index import shards
from ...models.converting.checkpoint.repository import Repository, RepositoryFiles
from ...models.converting.extra import ensure_packages
from ...models.converting.fetching import (
    ADAPTER_CONFIG,
    wanted_files,
    wanted_of_adapter,
    wanted_of_base,
    without_base,
)
from ...models.converting.file_types import FILE_TYPES
from ...models.converting.table import ensure_known
from ...models.converting.task import ConvertTask
from ...models.hub.repository import HubFile, HubRepository
from ...models.names import FileName, HubName, parse_model_name
from ...models.quantizing.file_types import file_type
from ..library import Library
from ..operations.operation import Operation
from .computing import checked_politeness, checked_threads
from .places import ensure_apart, given_file
from .running import Politeness, Report, begin_file_work, run_task


class Order(Struct, frozen=True):
    """What is asked for: `source` and `base` are folders or repositories, `task` has all else."""

    source: FileName | HubName
    task: ConvertTask
    politeness: Politeness
    base: FileName | HubName | None = None


def checked_conversion(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    dtype: str,
    quantize: str | None,
    overwrite: bool,
    threads: int | None,
    politeness: Politeness,
    base: str | os.PathLike[str] | None = None,
) -> Order:
    """Raises `InvalidOptionsError`."""
    name = _repository_name(source, "source")
    of_base = _repository_name(base, "base") if base is not None else None
    if of_base and quantize is not None:
        raise InvalidOptionsError("An adapter is not quantized; choose its dtype, which may be q8_0.", path="quantize")
    if dtype not in ("auto", *FILE_TYPES):
        raise InvalidOptionsError(f"dtype is one of auto, {', '.join(FILE_TYPES)}, not {dtype!r}.", path="dtype")
    task = ConvertTask(
        target=str(given_file(target, "target")),
        source="",
        name="",
        dtype=dtype,
        quantization=file_type(quantize).name if quantize is not None else None,
        overwrite=bool(overwrite),
        threads=checked_threads(threads),
    )
    return Order(name, task, checked_politeness(politeness), of_base)


def _repository_name(named: str | os.PathLike[str], option: str) -> FileName | HubName:
    name = parse_model_name(named)
    if not isinstance(name, (FileName, HubName)) or (isinstance(name, HubName) and (name.file or name.quantization)):
        message = f"{os.fspath(named)} is no repository: convert takes a folder, or a name as hf:org/repo."
        raise InvalidOptionsError(message, path=option)
    return name


def begin_converting(library: Library, order: Order) -> Operation[ConvertedModel, Processing]:
    """The order as an operation."""

    async def work(report: Report) -> ConvertedModel:
        ensure_packages()
        wanted = wanted_of_adapter if order.base else wanted_files
        folder = await _folder(library, order.source, wanted, report)
        base = await _folder(library, order.base, wanted_of_base, report) if order.base else None
        task = await asyncio.to_thread(_checked, order, folder, base)
        finished = await run_task(task, report, politeness=order.politeness)
        return convert({"path": task.target} | finished.facts, ConvertedModel)

    return begin_file_work("convert", work)


async def _folder(
    library: Library,
    source: FileName | HubName,
    wanted: Callable[[HubRepository], Sequence[HubFile]],
    report: Report,
) -> Path:
    if isinstance(source, FileName):
        return source.path.expanduser().absolute()
    return await library.fetch_repository(source, wanted, report=lambda event: _tell(report, event))


def _tell(report: Report, event: Downloading) -> None:
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


def _checked(order: Order, folder: Path, base: Path | None) -> ConvertTask:
    """What can be known without reading weights is known before a process is started."""
    files = RepositoryFiles(folder, _short(order.source))
    if base is not None:
        ensure_known(Repository(base, _short(order.base)))
    elif files.has(ADAPTER_CONFIG) and not files.has("config.json"):
        raise without_base(files.name)
    else:
        repository = Repository(folder, files.name)
        ensure_known(repository)
        shards(repository)
    read = [path for each in (folder, base) if each for path in each.iterdir() if path.suffix != ".gguf"]
    ensure_apart([Path(order.task.target)], read)
    return structs.replace(order.task, source=str(folder), name=files.name, base=str(base) if base else "")


def _short(name: FileName | HubName | None) -> str | None:
    """What a repository of a hub is called; a folder's name is read of the disk."""
    return name.repo.rpartition("/")[2] if isinstance(name, HubName) else None
