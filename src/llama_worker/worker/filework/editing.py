"""A worker's methods that look into model files and change them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...messages.events import Processing
from ...messages.files import FileDescription, FileDifferences, MetadataEdit
from ...models.names import parse_model_name
from ...options.plain import plain
from ..abilities.worker_ability import WorkerAbility
from ..operations.operation import Kind, Operation

if TYPE_CHECKING:
    from .running import FileWork, Result


class EditsModels(WorkerAbility):
    """For `LlamaWorker`. What takes long to import is imported when it is wanted."""

    async def inspect_model(self, model_path: str | os.PathLike[str] | Mapping[str, Any]) -> FileDescription:
        """All metadata and tensors of a model or adapter, as its header has them; of a model that is not here only that
        is fetched.

        Raises `InvalidOptionsError`, `ModelNotFoundError`, `InvalidModelError`, `DownloadError`.
        """
        from .edits import describe

        return await describe(self._library, parse_model_name(model_path))

    async def compare_models(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        other_path: str | os.PathLike[str] | Mapping[str, Any],
        *,
        contents: bool = False,
    ) -> FileDifferences:
        """What is different in two models that are here: metadata, tensors, their types and shapes.

        With `contents` tensors are compared byte by byte too. Raises `InvalidOptionsError`, `ModelNotFoundError`,
        `InvalidModelError`.
        """
        from .edits import compare_files

        names = parse_model_name(model_path), parse_model_name(other_path)
        return await compare_files(self._library, *names, contents=contents)

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
        """Write a model as several files, NAME-00001-of-00003.gguf and so on, and give their paths.

        A part has at most `max_bytes` of tensors, or `max_tensors`; with `metadata_apart` the first one has none.
        `target` is what the paths begin with, default the model's own. Streams `Processing` events; what an aborted one
        has written is used by the next. Raises `InvalidOptionsError` at once; awaited also `ModelNotFoundError`,
        `InvalidModelError`, `FileWorkError`.
        """
        from .edits import split

        limits = {"max_bytes": max_bytes, "max_tensors": max_tensors, "metadata_apart": metadata_apart}
        return self._begin_file_work(
            "split", split(self._library, parse_model_name(model_path), target, limits, overwrite=overwrite)
        )

    def merge_model(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        target: str | os.PathLike[str],
        *,
        overwrite: bool = False,
    ) -> Operation[Path, Processing]:
        """Write a model that is in several files, of which any may be named, as the one file `target`.

        Streams and raises as `split_model`.
        """
        from .edits import merge

        return self._begin_file_work(
            "merge", merge(self._library, parse_model_name(model_path), target, overwrite=overwrite)
        )

    def edit_metadata(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        values: Mapping[str, Any] | None = None,
        *,
        remove: Sequence[str] = (),
        target: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
    ) -> Operation[MetadataEdit, Processing]:
        """Change the metadata of a model's file: `values` by key, and the keys of `remove` gone.

        A key keeps the type that it has, a new one gets its usual one, or `KEY:TYPE` says it ("my.key:u32"); a token's
        id may be given as its text. A few bytes are changed in place when nobody has the file open; else it is written
        aside and replaced, or written to `target`, which files of the cache need, as they stay what they are. Of a
        model in parts the first is changed. Streams and raises as `split_model`.
        """
        from .edits import edit

        name = parse_model_name(model_path)
        return self._begin_file_work(
            "edit", edit(self._library, name, plain(values or {}, "values"), remove, target, overwrite=overwrite)
        )

    def _begin_file_work(self, kind: Kind, work: FileWork[Result]) -> Operation[Result, Processing]:
        from .running import begin_file_work

        self._ensure_open()
        return self._track(begin_file_work(kind, work))
