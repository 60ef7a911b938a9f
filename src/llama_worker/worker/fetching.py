"""A worker's methods that fetch something of models that are not here."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from ..messages import MemoryEstimate
from ..messages.events import Downloading, Event
from ..models.names import ModelName, ModelReference, parse_model_name
from ..options import ModelOptions, build_options
from ..options.keywords import ModelKeywords
from ..options.signatures import lists_options
from .finding.finds import FindsModels
from .operations.operation import Operation
from .stored.managing import ManagesModels

if TYPE_CHECKING:
    from ..models.download.reach import Reach
    from ..models.store.store import ModelStore
    from .library import Library


@lists_options
class FetchesModels(ManagesModels, FindsModels):
    """For `LlamaWorker`. What clients of a shared worker ask for is fetched within the `reach` that they have."""

    @property
    def _library(self) -> Library:
        """Of the options as they are now."""
        from .library import library_of

        return library_of(self._options)

    @property
    def store(self) -> ModelStore:
        """For servers: where its models are."""
        return self._library.store

    def download_model(
        self, name: str | os.PathLike[str] | Mapping[str, Any], /, *, sha256: str | None = None, size: int | None = None
    ) -> Operation[Path, Downloading]:
        """Fetch a model by its name (`hf:org/repo:Q4_K_M`, `https://...gguf`); gives the path of its first file.

        Of a repository alone (`hf:org/repo`) it is the usual quantization, or the largest below that fits into what is
        free now: its events tell which was `chosen` and the `reason`.

        Streams `Downloading` events. `sha256` (hexadecimal) and `size` (bytes) are what a plain URL's file must have;
        the hub tells them by itself. Needs no engine; an abort keeps what has come for the next attempt. Raises
        `InvalidOptionsError` at once; awaiting it raises `DownloadError`, `IntegrityError` or `ModelNotFoundError`.
        """
        return self.download_within(None, name, sha256=sha256, size=size)

    def download_within(
        self, reach: Reach | None, name: ModelReference, *, sha256: str | None = None, size: int | None = None
    ) -> Operation[Path, Downloading]:
        """For servers: the same for a client; awaiting it raises `DownloadRefusedError` too."""
        from .opening import begin_download

        self._ensure_open()
        download = begin_download(self._library, name, sha256=sha256, size=size, reach=reach, machine=self._machine)
        return self._track(download)

    async def estimate(
        self,
        model_path: str | os.PathLike[str] | Mapping[str, Any],
        options: ModelOptions | None = None,
        /,
        **changes: Unpack[ModelKeywords],
    ) -> MemoryEstimate:
        """The memory, in bytes, that `load_model` with these options would need; nothing is loaded.

        Of a model that is not here only the header is fetched. Raises `ModelError`, `DownloadError` or as `load_model`.
        """
        return await self.estimate_within(None, model_path, build_options(ModelOptions, options, changes))

    async def estimate_within(
        self, reach: Reach | None, model_path: ModelReference, options: ModelOptions | None
    ) -> MemoryEstimate:
        """For servers: the same for a client; raises `DownloadRefusedError` too."""
        from .opening import estimate_files

        name, checked = parse_model_name(model_path), options or ModelOptions()
        return await estimate_files(self._library, name, self._options, checked, self._kind, reach)

    async def _make_ready(self, name: ModelName, options: ModelOptions, report: Callable[[Event], object]) -> None:
        """Fetch or convert a model that is to be loaded, if that is allowed and it is not here."""
        if options.convert:
            from .finding.fitting import this_machine
            from .making.making import make_ready

            await make_ready(
                self._library, name, options, lambda: this_machine(self._options, options, self._kind), report
            )
