"""What is done with model files: planned in a thread, written by a process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Event as Flag
from typing import Any, TypeVar

from msgspec import Struct, structs

from ...ending import in_thread_to_the_end
from ...errors import InvalidOptionsError, LlamaWorkerError, ModelNotFoundError
from ...messages.files import FileDescription, FileDifferences, MetadataEdit
from ...models.editing.changes import read_changes
from ...models.editing.comparing import compare
from ...models.editing.describing import describe_file
from ...models.editing.merging import MergeTask
from ...models.editing.rewriting import EditTask, Rewriting, plan_rewriting
from ...models.editing.sources import Sources
from ...models.editing.splitting import SplitTask, layouts, part_names
from ...models.filework.disk import explain_os_error
from ...models.gguf.inspect import join_files, read_header
from ...models.gguf.split import parse_split
from ...models.names import ModelName
from ..library import Library
from .places import Target, ensure_apart, ensure_new, given_file, own_place
from .running import FileWork, Report, run_task

Result = TypeVar("Result")
_SUFFIX = ".gguf"


async def describe(library: Library, name: ModelName) -> FileDescription:
    """Everything that the header of a model says, whether it is here or not."""

    def look() -> FileDescription:
        return describe_file(join_files([read_header(part) for part in library.store.resolve(name).parts]))

    try:
        return await asyncio.to_thread(look)
    except ModelNotFoundError:
        return describe_file(await library.header(name))


async def compare_files(library: Library, name: ModelName, other: ModelName, *, contents: bool) -> FileDifferences:
    """What is different in two models."""
    stop = Flag()

    def look() -> FileDifferences:
        files = [library.store.resolve(each).parts for each in (name, other)]
        return compare(*files, contents=contents, stop=stop.is_set)

    try:
        return await asyncio.to_thread(look)
    finally:
        stop.set()


def split(
    library: Library, name: ModelName, target: Target | None, limits: Mapping[str, Any], *, overwrite: bool
) -> FileWork[list[Path]]:
    """Raises InvalidOptionsError at once."""
    _check_limits(limits)
    place = given_file(target) if target is not None else None

    def plan() -> SplitTask:
        parts = library.store.resolve(name).parts
        begins = _prefix(place or own_place(parts[0]))
        task = SplitTask(target="", overwrite=overwrite, sources=_absolute(parts), **limits)
        with Sources(task.sources) as model:
            count = sum(1 for _ in layouts(model, task))
        paths = [begins.with_name(name) for name in part_names(begins.name, count)]
        ensure_apart(paths, parts)
        if not overwrite:
            ensure_new(paths)
        return structs.replace(task, target=str(paths[0]), names=tuple(path.name for path in paths))

    async def work(report: Report) -> list[Path]:
        task = await _planned(plan)
        finished = await run_task(task, report)
        return [Path(task.target).with_name(each) for each in finished.files]

    return work


def merge(library: Library, name: ModelName, target: Target, *, overwrite: bool) -> FileWork[Path]:
    """Raises InvalidOptionsError at once."""
    place = given_file(target)

    def plan() -> MergeTask:
        parts = library.store.resolve(name).parts
        if len(parts) == 1:
            raise InvalidOptionsError(f"{parts[0].name} is one file: there is nothing to merge.", path="model")
        ensure_apart([place], parts)
        return MergeTask(target=str(place), overwrite=overwrite, sources=_absolute(parts))

    async def work(report: Report) -> Path:
        await run_task(await _planned(plan), report)
        return place

    return work


class _Planned(Struct):
    """An edit that is known to be right; `task` is None for one that was done in place."""

    rewriting: Rewriting
    target: Path
    task: EditTask | None


def edit(
    library: Library,
    name: ModelName,
    values: Mapping[str, Any],
    remove: Sequence[str],
    target: Target | None,
    *,
    overwrite: bool,
) -> FileWork[MetadataEdit]:
    """Raises InvalidOptionsError at once."""
    place = given_file(target) if target is not None else None
    if not values and not remove:
        raise InvalidOptionsError("Nothing is to be changed: give values, or keys to remove.", path="values")

    def plan() -> _Planned:
        path = library.store.resolve(name).path
        header = read_header(path)
        own = place is None or (place.exists() and place.samefile(path))
        changes = read_changes(path, header, values, remove)
        rewriting = plan_rewriting(path, header, changes)
        to = place or own_place(path)
        if own and rewriting.done_in_place():
            return _Planned(rewriting, to, None)
        task = EditTask(target=str(to), overwrite=overwrite or place is None, source=str(path), changes=changes)
        return _Planned(rewriting, to, task)

    async def work(report: Report) -> MetadataEdit:
        planned = await _planned(plan)
        if planned.task:
            await run_task(planned.task, report)
        path, differences = str(planned.target), planned.rewriting.differences
        return MetadataEdit(path=path, in_place=planned.task is None, changes=differences)

    return work


async def _planned(plan: Callable[[], Result]) -> Result:
    """Plan in a thread, of which nothing is left half done."""

    def explained() -> Result:
        try:
            return plan()
        except LlamaWorkerError:  # of which some are OSErrors
            raise
        except OSError as error:
            raise explain_os_error(error, Path(error.filename or ".")) from error

    return await in_thread_to_the_end(explained)


def _check_limits(limits: Mapping[str, Any]) -> None:
    given = {name: limits[name] for name in ("max_bytes", "max_tensors") if limits[name] is not None}
    if len(given) != 1:
        raise InvalidOptionsError("Give either max_bytes or max_tensors.", path="max_bytes")
    for option, value in given.items():
        if type(value) is not int or value < 1:
            raise InvalidOptionsError(f"{option} is a whole number, 1 or more.", path=option)


def _prefix(path: Path) -> Path:
    """What the names of the parts begin with."""
    part = parse_split(path.name)
    return path.with_name(part.prefix if part else path.name.removesuffix(_SUFFIX))


def _absolute(paths: Sequence[Path]) -> tuple[str, ...]:
    return tuple(str(path.absolute()) for path in paths)
