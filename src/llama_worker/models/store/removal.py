"""Removes models from the store, and their bytes when nothing else uses them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from ...errors import DownloadError, InvalidOptionsError, ModelNotFoundError
from ..gguf.split import all_parts
from ..names import BuiltinName, FileName, HubName, ModelName, UrlName, parse_model_name
from .cache import Repository
from .choose import choose_model, parts_of
from .files import ModelFiles, is_file
from .journal import PartialFiles
from .last_use import forget_use
from .lock import is_owned
from .places import StorePlace
from .receipts import receipt_path


class Removal(msgspec.Struct, frozen=True):
    """What would be deleted: `files` (links or plain files), `partials`, and links to shared bytes under `root`."""

    name: str
    root: Path
    files: tuple[Path, ...] = ()
    partials: tuple[PartialFiles, ...] = ()
    repository: Repository | None = None

    @property
    def size_bytes(self) -> int:
        """The bytes that carrying this out frees."""
        owned = [*self._unused_bytes(), *(path for partial in self.partials for path in partial.all())]
        return sum(_size(path) for path in owned)

    def carry_out(self) -> int:
        """Delete, and return the bytes freed; raises DownloadError while a process is fetching the model."""
        if any(is_owned(partial.owner) for partial in self.partials):
            raise DownloadError(f"{self.name} is being downloaded; stop that first.", model=self.name)
        doomed, freed = self._unused_bytes(), self.size_bytes
        for partial in self.partials:
            partial.remove()
        for path in self.files:
            forget_use(path)
            receipt_path(path).unlink(missing_ok=True)
        for path in (*self.files, *doomed):
            path.unlink(missing_ok=True)
        if self.repository is not None:
            _prune(self.repository)
        return freed

    def _unused_bytes(self) -> list[Path]:
        """Plain files of this model, and what its links lead to where no other link leads there."""
        doomed = [path for path in self.files if not path.is_symlink() and path.is_file()]
        links = [path for path in self.files if path.is_symlink()]
        if self.repository is not None and links:
            snapshots = self.repository.folder / "snapshots"
            blobs = _unshared({_target(link) for link in links}, snapshots, links)
            doomed += blobs
            stores = {_target(blob) for blob in blobs if blob.is_symlink()}
            doomed += _unshared(stores, self.root, blobs, "*/blobs/*") if stores else []
        return [path for path in doomed if path.is_relative_to(self.root)]


def plan(place: StorePlace, name: ModelName) -> Removal:
    """What removing `name` from a store means; raises ModelNotFoundError or InvalidOptionsError."""
    plain_folder = place.plain_folder
    match name:
        case BuiltinName():
            raise InvalidOptionsError("The built-in model is part of the package and stays.", path="model")
        case FileName(path):
            removal = _plan_plain(plain_folder, path, str(name))
        case UrlName(_, local_path):
            removal = _plan_plain(plain_folder, Path(local_path), str(name))
        case HubName():
            removal = _plan_hub(place.folder_of(name.site), name)
    if not removal.files and not removal.partials:
        raise ModelNotFoundError(f"{name} is not in the store; `llama-worker list` shows what is.", model=str(name))
    return removal


def remove_revision(files: ModelFiles) -> int:
    """Delete the files of a model of the cache in the one revision that has them, unless a branch or tag stands there
    or somebody asked for that very revision; gives the bytes freed."""
    snapshot = next((parent for parent in files.path.parents if parent.parent.name == "snapshots"), None)
    if snapshot is None:
        return 0
    folder = snapshot.parent.parent
    repository = Repository(folder.parent, folder.name.removeprefix("models--").replace("--", "/"))
    if snapshot.name in repository.refs().values() or repository.pin(snapshot.name).exists():
        return 0
    leaving = list(files.parts)
    others = set(repository.files(snapshot.name)) - {path.relative_to(snapshot).as_posix() for path in leaving}
    if not choose_model(sorted(others)):
        rest = [*repository.files(snapshot.name), *repository.signatures(snapshot.name)]
        leaving = [snapshot / path for path in rest]
    return Removal(str(files.path), repository.root, tuple(leaving), (), repository).carry_out()


def _plan_plain(folder: Path, path: Path, shown: str) -> Removal:
    inside = (folder / path).parent.resolve() / path.name
    if not inside.is_relative_to(folder.resolve()):
        message = f"{shown} is outside the model folder {folder}; delete it with your system's own means."
        raise InvalidOptionsError(message, path="model")
    parts = [inside.with_name(part) for part in all_parts(inside.name)]
    files = tuple(part for part in parts if is_file(part) or part.is_symlink())
    return Removal(shown, folder.resolve(), files, _partials(parts))


def _plan_hub(root: Path, name: HubName) -> Removal:
    repository = Repository(root, name.repo, name.site)
    commit = repository.commit(name.revision)
    present = repository.files(commit) if commit else []
    unfinished = _unfinished(repository, name.revision)
    chosen = name.file or choose_model([*present, *unfinished], name.quantization)
    wanted = set(parts_of(chosen)) if chosen else set()
    files = [path for path in present if path in wanted]
    if files and not choose_model([path for path in present if path not in wanted]):
        # What is left are projectors of the model that goes, and signatures.
        files = [*present, *repository.signatures(commit or "")]
    snapshot = repository.snapshot(commit) if commit else root
    partials = tuple(partial for path, partial in unfinished.items() if path in wanted)
    return Removal(str(name), root, tuple(snapshot / path for path in files), partials, repository)


def _unfinished(repository: Repository, revision: str) -> dict[str, PartialFiles]:
    """Our unfinished downloads of that revision, by the path of the file in the repository."""
    found = {}
    for path in sorted(repository.blobs.glob("*.partial.json")):
        partial = PartialFiles(path.with_name(path.name.removesuffix(".partial.json")))
        journal = partial.read()
        name = parse_model_name(journal.name) if journal else None
        if isinstance(name, HubName) and name.file and name.revision == revision:
            found[name.file] = partial
    return found


def _partials(targets: Iterable[Path]) -> tuple[PartialFiles, ...]:
    partials = (PartialFiles(target) for target in targets)
    return tuple(partial for partial in partials if partial.journal.exists() or partial.data.exists())


def _target(link: Path) -> Path:
    return link.parent.resolve() / link.readlink() if not link.readlink().is_absolute() else link.readlink()


def _unshared(targets: set[Path], folder: Path, leaving: list[Path], pattern: str = "**/*") -> list[Path]:
    """Those `targets` that no link under `folder` leads to, other than the links that are `leaving`."""
    remaining = (path for path in folder.glob(pattern) if path.is_symlink() and path not in leaving)
    used = {_normal(_target(path)) for path in remaining}
    present = {_normal(target) for target in targets} - used
    return sorted(path for path in present if path.is_file() or path.is_symlink())


def _normal(path: Path) -> Path:
    return path.parent.resolve() / path.name


def _size(path: Path) -> int:
    """The bytes that deleting frees; a partial is sparse, so its blocks count."""
    try:
        status = path.lstat()
    except OSError:
        return 0
    blocks = getattr(status, "st_blocks", None)
    return status.st_size if blocks is None or path.suffix != ".partial" else min(status.st_size, blocks * 512)


def _prune(repository: Repository) -> None:
    """Delete empty folders and the branches that led to them; a folder with anything in it stays."""
    for snapshot in repository.snapshots():
        for folder in sorted((path for path in snapshot.rglob("*") if path.is_dir()), reverse=True):
            _remove_empty(folder)
        _remove_empty(snapshot)
    for name, commit in repository.refs().items():
        if not repository.snapshot(commit).exists():
            (repository.folder / "refs" / name).unlink(missing_ok=True)
    for pin in repository.folder.glob(".pinned/*"):
        if not repository.snapshot(pin.name).exists():
            pin.unlink(missing_ok=True)
    refs = repository.folder / "refs"
    for folder in (*sorted((path for path in refs.rglob("*") if path.is_dir()), reverse=True), refs):
        _remove_empty(folder)
    for name in ("blobs", "snapshots", ".pinned", ".no_exist", "."):
        _remove_empty(repository.folder / name)


def _remove_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
