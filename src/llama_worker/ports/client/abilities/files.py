"""Model files of the worker's machine, looked into and changed, over a port."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import convert

from ....messages import CompareModels, EditMetadata, InspectModel, MergeModel, Result, SplitModel
from ....messages.events import Processing
from ....messages.files import FileDescription, FileDifferences, MetadataEdit
from ....options.plain import plain
from ....worker.operations.operation import Operation
from ..model_names import sent
from .ability import WorkerAbility


class FileAbilities(WorkerAbility):
    """As `worker.filework.editing.EditsModels`; files are on the worker's machine."""

    async def inspect_model(self, model_path: str | os.PathLike[str] | Mapping[str, Any]) -> FileDescription:
        """As `LlamaWorker.inspect_model`."""
        self._ensure_open()
        return convert(await self._remote.value(InspectModel, model_path=sent(model_path)), FileDescription)

    async def compare_models(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        other_path: str | os.PathLike[str] | Mapping[str, Any],
        *,
        contents: bool = False,
    ) -> FileDifferences:
        """As `LlamaWorker.compare_models`."""
        self._ensure_open()
        facts = {"model_path": sent(model_path), "other_path": sent(other_path), "contents": contents}
        return convert(await self._remote.value(CompareModels, **facts), FileDifferences)

    def split_model(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        *,
        max_bytes: int | None = None,
        max_tensors: int | None = None,
        metadata_apart: bool = False,
        target: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
    ) -> Operation[list[Path], Processing]:
        """As `LlamaWorker.split_model`."""
        self._ensure_open()
        limits = {"max_bytes": max_bytes, "max_tensors": max_tensors, "metadata_apart": metadata_apart}
        facts = {"model_path": sent(model_path), "target": _sent_path(target), "overwrite": overwrite}
        return self._remote.follow("split", _paths, SplitModel, **facts, **limits)

    def merge_model(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        target: str | os.PathLike[str],
        *,
        overwrite: bool = False,
    ) -> Operation[Path, Processing]:
        """As `LlamaWorker.merge_model`."""
        self._ensure_open()
        facts = {"model_path": sent(model_path), "target": _sent_path(target), "overwrite": overwrite}
        return self._remote.follow("merge", _path, MergeModel, **facts)

    def edit_metadata(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        values: Mapping[str, Any] | None = None,
        *,
        remove: Sequence[str] = (),
        target: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
    ) -> Operation[MetadataEdit, Processing]:
        """As `LlamaWorker.edit_metadata`."""
        self._ensure_open()
        facts = {"values": plain(values or {}, "values"), "remove": tuple(remove), "overwrite": overwrite}
        names = {"model_path": sent(model_path), "target": _sent_path(target)}
        return self._remote.follow("edit", _edit, EditMetadata, **facts, **names)


def _paths(end: Result) -> list[Path]:
    return [Path(path) for path in end.value]


def _path(end: Result) -> Path:
    return Path(end.value)


def _edit(end: Result) -> MetadataEdit:
    return convert(end.value, MetadataEdit)


def _sent_path(path: str | os.PathLike[str] | None) -> str | None:
    """A path on the machine at the other end."""
    return None if path is None else os.fsdecode(path)
