"""Fake models in the place of real ones, for whoever loads them by name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import structs

from ..engine.process.directory import remove_directory
from ..errors import DownloadError, ModelNotFoundError
from ..messages.events import Downloading
from ..models.gguf.inspect import read_model
from ..models.names import ModelName
from ..models.store.files import ModelFiles
from ..options import LlamaOptions, ModelOptions
from ..worker.inert.borders import Borders
from ..worker.inert.guard import ContentGuard
from ..worker.inert.reasoning import ReasoningMarks
from ..worker.inert.special_texts import SpecialTexts
from ..worker.loading import LoadedFiles, public_name
from ..worker.stand_in import standing_in
from ..worker.templates.chosen import read_template
from .engine.kind import FakeKind
from .engine.model_file import write_model
from .engine.template import SOURCE
from .engine.tokens import CONTROL
from .guard import is_meant
from .scripted import ScriptedModel

_NAMES = frozenset(CONTROL)
_STEPS = 8


class FakeModels:
    """Stands in for every model. `loads` and `downloads` are the names that were asked for, in their order."""

    def __init__(self, models: Mapping[str, ScriptedModel]) -> None:
        self.models = dict(models)
        self.loads: list[str] = []
        self.downloads: list[str] = []
        self._files: dict[str, Path] = {}

    def check(self) -> None:
        """`FakeModel.check` of each."""
        for model in self.models.values():
            model.check()

    async def open(self, name: ModelName, llama: LlamaOptions, options: ModelOptions) -> LoadedFiles | None:
        """What is loaded for a name; nothing for whoever means a real one. Raises `ModelNotFoundError`."""
        if is_meant():
            return None
        self.loads.append(str(name))
        model = self._of(str(name))
        path = await asyncio.to_thread(self._file, str(name), model)
        files = ModelFiles(path, (path,))
        return LoadedFiles(
            str(name),
            public_name(name, files),
            files,
            await asyncio.to_thread(read_model, files.parts),
            _guard(model),
            structs.replace(llama, gpu=False),
            structs.replace(options, ignore_memory_safety_checks=True),
            await read_template(options.chat_template),
            kind=FakeKind(model),
        )

    async def download(self, name: ModelName, report: Callable[[Downloading], None]) -> Path | None:
        """Nothing is fetched, but told to be. Raises `DownloadError`, and as `open`."""
        if is_meant():
            return None
        self.downloads.append(str(name))
        model = self._of(str(name))
        path = await asyncio.to_thread(self._file, str(name), model)
        for step in range(_STEPS):
            if model.download_fault and step == _STEPS // 2:
                raise DownloadError(model.download_fault.message, reason=model.download_fault.reason)
            report(_downloading(model, path, step))
            await asyncio.sleep(model.download_seconds / _STEPS)
        report(_downloading(model, path, _STEPS))
        return path

    def remove_files(self) -> None:
        """Nobody loads them any more."""
        for path in self._files.values():
            remove_directory(str(path.parent))

    def _of(self, name: str) -> ScriptedModel:
        for pattern, model in self.models.items():
            if pattern == name or fnmatchcase(name, pattern):
                return model
        raise ModelNotFoundError(
            f"There is no fake model for {name!r}: there are {', '.join(self.models)}.", model=name
        )

    def _file(self, name: str, model: ScriptedModel) -> Path:
        if name not in self._files:
            self._files[name] = write_model(
                f"{_stem(name)}.gguf",
                kind=model.kind,
                context_size=model.context_size,
                dimensions=model.dimensions,
            )
        return self._files[name]


@contextmanager
def fake_models(models: ScriptedModel | Mapping[str, ScriptedModel]) -> Iterator[FakeModels]:
    """In the block, in all threads, models that workers load are these: one for all names, or by patterns such as
    "hf:org/*", the first that fits.

    Nothing is looked for on the disk or fetched. Models that were loaded before stay what they are; unload the fake
    ones before the block ends.
    """
    fakes = FakeModels(models if isinstance(models, Mapping) else {"*": models})
    try:
        with standing_in(fakes):
            yield fakes
    finally:
        fakes.remove_files()


def _downloading(model: ScriptedModel, path: Path, step: int) -> Downloading:
    value = step / _STEPS
    left = model.download_seconds * (1 - value)
    return Downloading(
        value,
        path.name,
        downloaded_bytes=int(model.size_bytes * value),
        total_bytes=model.size_bytes,
        bytes_per_second=model.size_bytes / model.download_seconds if model.download_seconds else 0.0,
        seconds_left=left,
    )


def _guard(model: ScriptedModel) -> ContentGuard:
    texts = SpecialTexts(_NAMES, Borders(SOURCE, _NAMES))
    return ContentGuard(texts, ReasoningMarks(_NAMES), model.modalities, SOURCE)


def _stem(name: str) -> str:
    stem = name.rpartition("/")[2].removesuffix(".gguf")
    return "".join(character if character.isalnum() or character in "-._" else "-" for character in stem) or "fake"
