"""Model files, looked into and changed, without async."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...messages.events import Processing
from ...messages.files import FileDescription, FileDifferences, MetadataEdit
from ..watching import finish
from .ability import WorkerAbility


class FileAbilities(WorkerAbility):
    """As `worker.filework.editing.EditsModels`."""

    def inspect_model(self, model_path: str | os.PathLike[str] | Mapping[str, Any]) -> FileDescription:
        return self._loop.run(self._worker.inspect_model(model_path))

    def compare_models(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        other_path: str | os.PathLike[str] | Mapping[str, Any],
        *,
        contents: bool = False,
    ) -> FileDifferences:
        return self._loop.run(self._worker.compare_models(model_path, other_path, contents=contents))

    def split_model(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        *,
        max_bytes: int | None = None,
        max_tensors: int | None = None,
        metadata_apart: bool = False,
        target: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
        on_progress: Callable[[Processing], object] | None = None,
    ) -> list[Path]:
        facts = {"max_bytes": max_bytes, "max_tensors": max_tensors, "metadata_apart": metadata_apart}
        begin = self._worker.split_model
        splitting = self._loop.call(begin, model_path, target=target, overwrite=overwrite, **facts)
        return finish(self._loop, splitting, on_progress)

    def merge_model(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        target: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        on_progress: Callable[[Processing], object] | None = None,
    ) -> Path:
        merging = self._loop.call(self._worker.merge_model, model_path, target, overwrite=overwrite)
        return finish(self._loop, merging, on_progress)

    def edit_metadata(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        values: Mapping[str, Any] | None = None,
        *,
        remove: Sequence[str] = (),
        target: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
        on_progress: Callable[[Processing], object] | None = None,
    ) -> MetadataEdit:
        begin = self._worker.edit_metadata
        editing = self._loop.call(begin, model_path, values, remove=remove, target=target, overwrite=overwrite)
        return finish(self._loop, editing, on_progress)
