"""Models taken into the store from where `export` or `bundle` has put them; nobody on the way has to be believed."""

from __future__ import annotations

import re
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ...errors import IntegrityError, InvalidOptionsError
from ...messages.stored import ImportedModel
from ..download.partial import check_space
from ..filework.disk import explained
from ..maintenance.background import Tally
from ..names import HubName, UrlName, check_file_path, parse_model_name
from ..pinning.digests import inside, sha256_of
from ..pinning.lock_file import LARGEST_LOCK_BYTES, LOCK_NAME, Lock, LockedFile, LockedModel, decode_lock, read_lock
from ..store.cache import Repository
from ..store.choose import is_gguf
from ..store.links import link_blob, write_ref
from ..store.receipts import Receipt, read_receipt, write_receipt
from ..store.store import ModelStore
from ..whole_files import remove_abandoned, replacing
from .copying import HashedReader

_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MOST_MEMBERS = 16384
_NO_EXPORT = "{} is neither a folder nor a tar file that `export` has made."
_OTHER = "{} is not what the lock says; nothing of it was kept."
Open = Callable[[LockedFile], BinaryIO]


def import_models(store: ModelStore, path: Path, tally: Tally) -> list[ImportedModel]:
    """Take all models of a folder or tar file into the store; what is there already is not copied again.

    Raises IntegrityError for what is no such folder or file, and for bytes that are not those that its lock names: of
    these nothing is left. InvalidOptionsError where somebody's own file is in the way,
    DownloadError when the disk has no room; OSError.
    """
    with explained(store.root), _opened(path) as (lock, open_file):
        files = [file for model in lock.models for file in model.files]
        for file in files:
            _checked(file)
        total = sum(file.size for file in files)
        store.root.mkdir(parents=True, exist_ok=True)
        check_space(store.root, total)
        tally.expect(total)
        return [_imported(store, model, open_file, tally) for model in lock.models]


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Lock, Open]]:
    if path.is_dir():
        lock = read_lock(path / LOCK_NAME)
        yield lock, lambda file: _plain(inside(file, path), file)
        return
    with _tar(path) as tar:
        yield _lock_in(tar, path), lambda file: _member(tar, file.path, file.size)


def _tar(path: Path) -> tarfile.TarFile:
    """With all that is in it known: its numbers may lead back to where they stand, for ever."""
    try:
        tar = tarfile.open(path, "r:")  # noqa: SIM115 - the caller closes it
        if sum(1 for _ in islice(tar, _MOST_MEMBERS + 1)) <= _MOST_MEMBERS:
            return tar
        tar.close()
    except (tarfile.TarError, ValueError, EOFError, OverflowError, FileNotFoundError) as error:
        raise IntegrityError(_NO_EXPORT.format(path)) from error
    raise IntegrityError(_NO_EXPORT.format(path))


def _plain(path: Path, file: LockedFile) -> BinaryIO:
    """A pipe or a device would never end."""
    if not path.exists():
        raise IntegrityError(f"{file.path} is missing.")
    if not path.is_file():
        raise IntegrityError(f"{file.path} is no plain file.")
    if path.stat().st_size != file.size:
        raise IntegrityError(_OTHER.format(file.path))
    return path.open("rb")


def _lock_in(tar: tarfile.TarFile, path: Path) -> Lock:
    return decode_lock(_member(tar, LOCK_NAME).read(LARGEST_LOCK_BYTES), path)


def _member(tar: tarfile.TarFile, name: str, size: int | None = None) -> BinaryIO:
    """A plain file, of that size; links, devices and files with holes are none."""
    try:
        member = tar.getmember(name)
    except KeyError as error:
        raise IntegrityError(f"{name} is missing.") from error
    file = tar.extractfile(member) if member.isreg() and not member.issparse() else None
    if file is None:
        raise IntegrityError(f"{name} is no plain file.")
    if size not in (None, member.size):
        raise IntegrityError(_OTHER.format(name))
    return file  # type: ignore[return-value]


def _imported(store: ModelStore, model: LockedModel, open_file: Open, tally: Tally) -> ImportedModel:
    source = parse_model_name(model.source)
    size = sum(file.size for file in model.files)
    for file in model.files:
        name = _checked(file)
        if isinstance(source, HubName):
            _into_cache(store, source, name, file, open_file, tally)
        else:
            _into_folder(store, source, name, file, open_file, tally)
    if isinstance(source, HubName):
        asked = parse_model_name(model.name)
        repository = Repository(store.root, source.repo)
        known = isinstance(asked, HubName) and repository.commit(asked.revision) in (None, source.revision)
        # A branch that stands elsewhere here stays where it is.
        revision = asked.revision if isinstance(asked, HubName) and known else source.revision
        write_ref(repository, revision, source.revision)
    return ImportedModel(name=model.name, source=model.source, license=model.license, size_bytes=size)


def _checked(file: LockedFile) -> str:
    """The file's own name. Raises IntegrityError for one that could be none of a model's."""
    name = PurePosixPath(file.path).name
    if not _SHA256.fullmatch(file.sha256) or file.size < 0 or not is_gguf(check_file_path(name)):
        raise IntegrityError(f"The lock has {file.path}, which is no file of a model.")
    return name


def _into_cache(store: ModelStore, source: HubName, name: str, file: LockedFile, open_file: Open, tally: Tally) -> None:
    if not _COMMIT.fullmatch(source.revision) or source.file is None:
        raise IntegrityError(f"The lock has {source}, without a commit.")
    repository = Repository(store.root, source.repo)
    blob = repository.blob(file.sha256)
    if not (blob.is_file() and blob.stat().st_size == file.size):
        _copy(file, open_file, blob, tally)
    link_blob(blob, repository.snapshot(source.revision) / PurePosixPath(source.file).with_name(name))


def _into_folder(store: ModelStore, source: object, name: str, file: LockedFile, open_file: Open, tally: Tally) -> None:
    folder = store.plain_folder
    path = (folder / source.local_path).with_name(name) if isinstance(source, UrlName) else folder / name
    if not _is_here(path, file):
        _copy(file, open_file, path, tally)
    if isinstance(source, UrlName):
        write_receipt(path, Receipt(url=source.url, size_bytes=file.size, digest=f"sha256:{file.sha256}"))


def _is_here(path: Path, file: LockedFile) -> bool:
    """Raises InvalidOptionsError for a file that somebody has put there: what was downloaded can be had again."""
    if not path.exists():
        return False
    if path.is_file() and path.stat().st_size == file.size and sha256_of(path) == file.sha256:
        return True
    if read_receipt(path) is None:
        message = f"{path} is there already, and is another file: move it away, and import again."
        raise InvalidOptionsError(message, path="path")
    return False


def _copy(file: LockedFile, open_file: Open, to: Path, tally: Tally) -> None:
    """Whole, and what the lock says, or not at all."""
    tally.begin(to.name)
    to.parent.mkdir(parents=True, exist_ok=True)
    remove_abandoned(to.parent)
    try:
        with open_file(file) as original, replacing(to) as copy:
            reader = HashedReader(original, file.size, tally)
            shutil.copyfileobj(reader, copy, 1 << 20)
            if reader.sha256 != file.sha256:
                raise IntegrityError(_OTHER.format(file.path))
    except FileNotFoundError as error:
        raise IntegrityError(f"{file.path} is missing.") from error
