"""An app's lock: the models that it may load, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from ..._version import __version__
from ...errors import IntegrityError, ModelNotLockedError
from ..filework.disk import explained
from ..gguf.inspect import read_model
from ..maintenance.background import Tally
from ..names import ModelName, parse_model_name
from ..store.files import ModelFiles
from ..store.store import ModelStore
from .checked import sha256_once
from .lock_file import LOCK_VERSION, Lock, LockedFile, LockedModel, read_lock, write_lock
from .models import locked_model
from .recorded import digest_of


def lock_models(store: ModelStore, names: Sequence[ModelName], path: Path, tally: Tally) -> list[LockedModel]:
    """Write down models of the store in the lock at `path`, beside those that it has; gives all. Reads them whole.

    Raises ModelNotFoundError, InvalidModelError, IntegrityError for a file that is no lock, and OSError.
    """
    lock = read_lock(path) if path.exists() else Lock(lock_version=LOCK_VERSION, made_by=f"llama-worker {__version__}")
    found = [(name, store.resolve(name)) for name in names]
    for _, files in found:
        tally.expect(sum(part.stat().st_size for part in files.all))
    added = {str(name): _locked(store, name, files, tally) for name, files in found}
    models = {model.name: model for model in lock.models} | added
    with explained(path.parent):
        write_lock(path, msgspec.structs.replace(lock, models=tuple(models.values())))
    return list(models.values())


def _locked(store: ModelStore, name: ModelName, files: ModelFiles, tally: Tally) -> LockedModel:
    def locked(path: Path) -> LockedFile:
        tally.begin(path.name)
        digest = digest_of(path, tick=tally.add).partition(":")[2]
        return LockedFile(path=store.path_within(path), size=path.stat().st_size, sha256=digest)

    return locked_model(name, files, read_model(files.parts), locked)


class ModelLock:
    """Which models may be used, as the lock at `path` says. Reads the disk: call its methods in a thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = read_lock(path)

    @property
    def models(self) -> tuple[LockedModel, ...]:
        return self._lock.models

    def find(self, name: ModelName) -> LockedModel:
        """The entry of a name, or of what it leads to. Raises ModelNotLockedError."""
        for model in self.models:
            if str(name) in (model.name, model.source):
                return model
        known = ", ".join(model.name for model in self.models[:8]) or "nothing"
        raise ModelNotLockedError(f"{name} is not in {self.path}, which has {known}.", model=str(name))

    def pinned(self, name: ModelName) -> ModelName:
        """The name with the revision that is locked; one that the lock does not know stays as it is."""
        found = [model.source for model in self.models if str(name) in (model.name, model.source)]
        return parse_model_name(found[0]) if found else name

    def admit(self, name: ModelName, paths: Sequence[Path]) -> None:
        """Raises ModelNotLockedError unless the lock has every one of these files, byte for byte; each is read whole
        the first time, and again when it has been written to since."""
        known = {file.sha256 for model in self.models for file in model.files}
        for path in paths:
            if sha256_once(path) not in known:
                message = f"{path} is not what {self.path} allows: lock it, or pull what is locked with `--locked`."
                raise ModelNotLockedError(message, model=str(name))

    def check(self, model: LockedModel, files: ModelFiles) -> None:
        """Raises IntegrityError unless a model's files are those that are locked."""
        wanted = [file.sha256 for file in model.files]
        found = [sha256_once(path) for path in files.all]
        if wanted != found[: len(wanted)]:
            message = f"{model.name} is not what {self.path} says: its bytes are others."
            raise IntegrityError(message, model=model.name)
