"""Models copied out of the store, with a lock that says what they are: a folder, or a tar file."""

from __future__ import annotations

import io
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from ..._version import __version__
from ...errors import FileWorkError, IntegrityError, InvalidOptionsError
from ...messages.stored import ExportedModel
from ..download.partial import check_space
from ..filework.disk import explained
from ..gguf.inspect import read_model
from ..maintenance.background import Tally
from ..names import ModelName
from ..pinning.lock_file import LOCK_NAME, LOCK_VERSION, Lock, LockedFile, lock_text
from ..pinning.models import locked_model
from ..pinning.recorded import recorded_digest
from ..store.files import ModelFiles
from ..store.store import ModelStore
from .copying import HashedReader

_FOLDER = "models"


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class _Target(Protocol):
    """What is written: a folder or a tar file."""

    def add(self, name: str, size: int, file: _Readable) -> None: ...


def export_models(store: ModelStore, names: Sequence[ModelName], to: Path, tally: Tally) -> list[ExportedModel]:
    """Copy models to `to`, a folder that is made, or a file whose name ends in .tar; whole or not at all.

    Raises ModelNotFoundError, InvalidModelError, InvalidOptionsError when `to` is there already, IntegrityError for a
    file that is not what it was when it came, FileWorkError while somebody else writes `to`, DownloadError when the
    disk has no room, and OSError.
    """
    _ensure_new(to)
    found = [(name, store.resolve(name)) for name in names]
    total = sum(part.stat().st_size for _, files in found for part in files.all)
    to.parent.mkdir(parents=True, exist_ok=True)
    check_space(to.parent, total)
    tally.expect(total)
    with explained(to.parent), _unfinished(to) as unfinished:
        with _opened(unfinished, is_tar(to)) as target:
            lock = _filled(target, found, tally)
        unfinished.replace(to)
    sizes = {model.name: sum(file.size for file in model.files) for model in lock.models}
    return [ExportedModel(name=name, path=str(to), size_bytes=size) for name, size in sizes.items()]


@contextmanager
def _unfinished(to: Path) -> Iterator[Path]:
    """What becomes `to`, nobody else's meanwhile. What a killed one has left goes, and so does all that fails."""
    from filelock import FileLock

    unfinished = to.with_name(f".{to.name}.unfinished")
    lock = FileLock(to.with_name(f".{to.name}.lock"), timeout=0, thread_local=False)
    try:
        lock.acquire()
    except TimeoutError as error:
        message = f"{to} is being written already: wait for that to end, or name another file."
        raise FileWorkError(message, reason="in_use") from error
    try:
        _ensure_new(to)
        _remove(unfinished)
        yield unfinished
    finally:
        _remove(unfinished)
        Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


def _ensure_new(to: Path) -> None:
    if to.exists():
        raise InvalidOptionsError(f"{to} is there already: name a new folder or file.", path="path")


def is_tar(path: Path) -> bool:
    return path.suffix.lower() == ".tar"


def _filled(target: _Target, found: Sequence[tuple[ModelName, ModelFiles]], tally: Tally) -> Lock:
    taken: set[str] = set()

    def copied(path: Path) -> LockedFile:
        if path.name in taken:
            raise InvalidOptionsError(f"Two of the files are called {path.name}: export them apart.", path="names")
        taken.add(path.name)
        return _copied(target, path, tally)

    models = tuple(locked_model(name, files, read_model(files.parts), copied) for name, files in found)
    lock = Lock(lock_version=LOCK_VERSION, made_by=f"llama-worker {__version__}", models=models)
    text = lock_text(lock)
    target.add(LOCK_NAME, len(text), io.BytesIO(text))
    return lock


def _copied(target: _Target, path: Path, tally: Tally) -> LockedFile:
    tally.begin(path.name)
    size, known = path.stat().st_size, recorded_digest(path)
    with path.open("rb") as file:
        reader = HashedReader(file, size, tally)
        target.add(f"{_FOLDER}/{path.name}", size, reader)
    if known is not None and not reader.is_same(known.digest):
        raise IntegrityError(f"{path.name} is not what it was when it came: `llama-worker verify` tells more.")
    return LockedFile(path=f"{_FOLDER}/{path.name}", size=size, sha256=reader.sha256)


class _FolderTarget:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> _FolderTarget:
        (self._folder / _FOLDER).mkdir(parents=True)
        return self

    def __exit__(self, *error: object) -> None: ...

    def add(self, name: str, size: int, file: _Readable) -> None:
        with (self._folder / name).open("xb") as copy:
            shutil.copyfileobj(file, copy, 1 << 20)


class _TarTarget:
    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> _TarTarget:
        self._tar = tarfile.open(self._path, "x", format=tarfile.PAX_FORMAT)
        return self

    def __exit__(self, *error: object) -> None:
        self._tar.close()

    def add(self, name: str, size: int, file: _Readable) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o644
        self._tar.addfile(member, file)


def _opened(path: Path, tar: bool) -> _FolderTarget | _TarTarget:
    return _TarTarget(path) if tar else _FolderTarget(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
