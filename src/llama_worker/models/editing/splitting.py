"""One model in several files, as llama-gguf-split makes them: `name-00001-of-00003.gguf` and so on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ...errors import FileWorkError, InvalidOptionsError
from ..filework.disk import ensure_space
from ..filework.meter import Meter
from ..filework.task import FileTask, Finished, Report
from ..gguf.parser import TensorInfo
from ..gguf.split import MAX_PARTS, Split
from ..gguf.writing import Layout, Metadata, TypedValue, number
from .attempts import forget_other_attempts, written_bytes
from .shapes import without_trailing_ones
from .sources import Sources

INDEX, COUNT, TENSORS = "split.no", "split.count", "split.tensors.count"
_ALIGNMENT, _USUAL_ALIGNMENT = "general.alignment", 32


class SplitTask(FileTask, frozen=True, kw_only=True):
    """Write the model of these files as several, which are called `names`.

    In a part are at most so many bytes of tensors, or so many tensors. `metadata_apart`: the first part has the
    metadata and no tensors.
    """

    sources: tuple[str, ...]
    names: tuple[str, ...] = ()
    max_bytes: int | None = None
    max_tensors: int | None = None
    metadata_apart: bool = False

    def reads(self) -> tuple[str, ...]:
        return self.sources

    def run(self, folder: Path, report: Report) -> Finished:
        with Sources(self.sources) as model:
            forget_other_attempts(folder, self.sources, self)
            parts = list(layouts(model, self))
            if len(parts) != len(self.names):
                raise FileWorkError(f"{self.sources[0]} was changed meanwhile: begin again.")
            ensure_space(folder, sum(part.size_bytes for part in parts) - written_bytes(folder))
            meter = Meter(report, total_bytes=model.header.data_bytes, parts=len(model.tensors))
            for name, layout in zip(self.names, parts, strict=True):
                model.write(folder / name, layout, meter)
        return Finished(files=self.names)


def layouts(model: Sources, task: SplitTask) -> Iterator[Layout]:
    """The parts. Raises InvalidOptionsError for limits that cannot be kept."""
    alignment = model.header.alignment
    tensors = [without_trailing_ones(info) for info in model.tensors]
    parts = divide(tensors, alignment, task)
    for index, part in enumerate(parts):
        metadata = _metadata(model.metadata if index == 0 else {}, index, len(parts), len(tensors))
        if index and alignment != _USUAL_ALIGNMENT:
            metadata = {_ALIGNMENT: model.metadata[_ALIGNMENT], **metadata}
        yield Layout(metadata, part, f"Part {index + 1}")


def divide(tensors: Sequence[TensorInfo], alignment: int, task: SplitTask) -> list[list[TensorInfo]]:
    """The tensors of each part. As in llama-gguf-split a limit in bytes counts tensors, and not what precedes them."""
    parts: list[list[TensorInfo]] = [[], []] if task.metadata_apart else [[]]
    filled = 0
    for index, info in enumerate(tensors):
        size = info.size_bytes + -info.size_bytes % alignment
        _check_size(info, size, task.max_bytes)
        if _is_full(index, filled + size, task):
            parts.append([])
            filled = 0
        parts[-1].append(info)
        filled += size
    if len(parts) > MAX_PARTS:
        raise InvalidOptionsError(f"That makes {len(parts)} files; {MAX_PARTS} are the most: choose larger ones.")
    return parts


def _is_full(index: int, size: int, task: SplitTask) -> bool:
    if task.max_bytes is not None:
        return size > task.max_bytes
    assert task.max_tensors is not None
    return index > 0 and index % task.max_tensors == 0


def _check_size(info: TensorInfo, size: int, most: int | None) -> None:
    if most is not None and size > most:
        raise InvalidOptionsError(
            f"The tensor {info.name} alone has {size} bytes, and a part may have {most}: choose larger parts."
        )


def _metadata(values: Metadata, index: int, count: int, tensors: int) -> dict[str, TypedValue]:
    others = {key: value for key, value in values.items() if key not in (INDEX, COUNT, TENSORS)}
    facts = {INDEX: number("u16", index), TENSORS: number("i32", tensors), COUNT: number("u16", count)}
    return others | facts  # in this order they stand in files of llama-gguf-split


def part_names(prefix: str, count: int) -> tuple[str, ...]:
    """The names of that many parts."""
    return tuple(Split(prefix, index, count).part(index) for index in range(1, count + 1))
