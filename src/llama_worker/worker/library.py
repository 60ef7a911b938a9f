"""The models that are here, and those that can be fetched: what a worker offers without any engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ModelNotFoundError
from ..messages.events import Downloading
from ..models.gguf.header import GgufHeader
from ..models.gguf.inspect import read_header, read_model
from ..models.names import FileName, HubName, ModelName
from ..models.store.files import ModelFiles
from ..models.store.store import ModelStore
from ..options import LlamaOptions
from ..options.plain import expanded

if TYPE_CHECKING:
    from ..models.download.reach import Reach
    from ..models.hub.repository import HubFile, HubRepository


class Library:
    """Finds and fetches model files. `lock`: the file that says which ones may be loaded; default: all."""

    def __init__(self, store: ModelStore | None = None, lock: str | None = None) -> None:
        self.store = store or ModelStore()
        self._lock = lock

    async def fetch(
        self,
        name: ModelName,
        *,
        sha256: str | None = None,
        size: int | None = None,
        report: Callable[[Downloading], None] = lambda _: None,
        reach: Reach | None = None,
    ) -> Path:
        """A model's first file, once all are here. Raises what a download raises."""
        from ..models.download.download import Downloader  # here, as the import takes longer than a model's first token

        downloader = Downloader(self.store, reach=reach)
        return await downloader.download(name, sha256=sha256, size=size, progress=report)

    async def fetch_repository(
        self,
        name: HubName,
        wanted: Callable[[HubRepository], Sequence[HubFile]],
        *,
        report: Callable[[Downloading], None],
    ) -> Path:
        """The folder of a repository, once what is wanted of it is here. Raises what a download raises."""
        from ..models.download.download import Downloader

        return await Downloader(self.store).download_files(name, wanted, progress=report)

    async def open(self, name: ModelName) -> tuple[ModelFiles, GgufHeader]:
        """The files of a model that is here, and their checked header.

        Raises `ModelNotFoundError` or `InvalidModelError`.
        """
        return await asyncio.to_thread(self.open_model, name)

    def meant(self, name: ModelName) -> ModelName:
        """What a short name stands for, at the revision that the lock has; reads the disk. Raises `ConfigurationError`
        and `IntegrityError` for files that cannot be read."""
        if isinstance(name, FileName):
            from ..models.aliasing import meant  # here and below: what few programs need

            name = meant(name)
        if not self._lock:
            return name
        from ..models.pinning.locking import ModelLock

        return ModelLock(expanded(self._lock)).pinned(name)

    def admit(self, name: ModelName, paths: Sequence[Path]) -> None:
        """Raises `ModelNotLockedError` for files that the lock does not have; reads all of them, where there is one."""
        if self._lock:
            from ..models.pinning.locking import ModelLock

            ModelLock(expanded(self._lock)).admit(name, paths)

    def files_here(self, name: ModelName) -> ModelFiles | None:
        """The files of a model, None when it is not here; reads the disk."""
        try:
            return self.store.resolve(name)
        except ModelNotFoundError:
            return None

    async def header(self, name: ModelName, reach: Reach | None = None) -> GgufHeader:
        """The header of a model, whether it is here or not; raises `DownloadError` too."""
        from ..models.download.remote_header import find_header

        return await find_header(self.store, name, reach=reach)

    async def touch(self, files: ModelFiles) -> None:
        """Note that the model is used now."""
        await asyncio.to_thread(self.store.touch, files)

    def open_helper(self, name: ModelName) -> tuple[ModelFiles, GgufHeader]:
        """The files of what helps a model and is none itself, and the header of the first; reads the disk.

        Raises `ModelNotFoundError` or `InvalidModelError`.
        """
        files = self.store.resolve(name)
        return files, read_header(files.path)

    def open_model(self, name: ModelName) -> tuple[ModelFiles, GgufHeader]:
        """As `open`; reads the disk."""
        files = self.store.resolve(name)
        return files, read_model(files.parts)


def library_of(options: LlamaOptions) -> Library:
    """That of a worker with these options. Raises OSError for a folder in the home directory of nobody."""
    return Library(ModelStore(folders=options.model_stores), options.model_lock)
