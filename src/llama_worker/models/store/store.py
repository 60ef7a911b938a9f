"""The models on this machine: finding them by name, listing, describing, removing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from ...errors import InvalidOptionsError, ModelNotFoundError
from ...errors.nearest import nearest
from ...messages.stored import ModelEntry
from ..gguf.header import GgufHeader
from ..gguf.inspect import read_model
from ..names import DEFAULT_REVISION, BuiltinName, FileName, HubName, ModelName, UrlName, parse_model_name
from . import listing, removal
from .cache import Repository, repositories
from .choose import choose_model, choose_projector
from .converted import find_converted
from .files import ModelFiles, builtin_path, files_at, looking_for
from .last_use import note_use
from .places import StorePlace, first_writable, places_of
from .removal import Removal

Found = TypeVar("Found")
Name = str | os.PathLike[str] | Mapping[str, Any] | ModelName

# Repositories among which a near name is looked for.
_LOOKED_AT = 1000


class ModelStore:
    """The Hugging Face cache and a folder for plain files; every method reads or writes the disk, none the network.

    `root` is the cache (default: what the environment says, see `cache.hub_root`), `plain_folder` the other folder
    (default: see `cache.plain_root`). `folders` are stores that are searched before these, as are those that the
    environment names; with a `root` of one's own there are no others. What is found first is taken, and what is
    downloaded goes to the first that can be written to. Call the methods in a thread from async code.
    """

    def __init__(
        self,
        root: str | Path | None = None,
        plain_folder: str | Path | None = None,
        *,
        folders: Iterable[str | Path] = (),
    ) -> None:
        *others, own = places_of(folders)
        if root is not None or plain_folder is not None:
            others = [] if not folders else others
            own = StorePlace(Path(root or own.root), Path(plain_folder or own.plain_folder))
        self.places = (*others, own)
        written = first_writable(self.places)
        self.root, self.plain_folder = written.root, written.plain_folder

    def resolve(self, name: Name) -> ModelFiles:
        """The files of a model that is here whole.

        Raises ModelNotFoundError, whose sentence says how to get it, or InvalidOptionsError for a bad name.
        """
        parsed = parse_model_name(name)
        with looking_for(parsed):
            return self._first(lambda place: self._files_of(parsed, place))

    def place_of(self, path: Path) -> StorePlace | None:
        """The store that has a file; None when none has."""
        return next((place for place in self.places if place.has(path)), None)

    def path_within(self, path: Path) -> str:
        """A file's path seen from its store, with `/`; of files that no store has their names alone."""
        for folder in (folder for place in self.places for folder in (place.root, place.plain_folder)):
            if path.is_relative_to(folder):
                return path.relative_to(folder).as_posix()
        return path.name

    def elsewhere(self, repo: str, commit: str, paths: Sequence[str]) -> Path | None:
        """The first of some files of a repository, where a store that is not downloaded to has all of them."""
        for place in self.places:
            snapshot = Repository(place.root, repo).snapshot(commit)
            if place.root != self.root and all((snapshot / path).is_file() for path in paths):
                return snapshot / paths[0]
        return None

    def touch(self, files: ModelFiles) -> None:
        """Note that the model is used now, in a store that cannot be written to as well."""
        note_use(files.path)

    def list(self) -> list[ModelEntry]:
        """Everything that is here, the built-in model first, then by name: whole, partial and broken ones alike."""
        found = [entry for place in self.places for entry in listing.list_models(place)]
        seen: dict[str, str | None] = {}
        for entry in found:
            entry.hidden = seen.setdefault(entry.name, entry.store) != entry.store
        return [*listing.builtin_entries(), *sorted(found, key=lambda entry: entry.name)]

    def show(self, name: Name) -> listing.ModelDetails:
        """The metadata, template and tensors of a model; raises ModelNotFoundError or InvalidModelError."""
        parsed = parse_model_name(name)
        files = self.resolve(parsed)
        return listing.describe(str(parsed), files, read_model(files.parts))

    def describe(self, name: Name, header: GgufHeader) -> listing.ModelDetails:
        """As `show`, for a model whose header was read already, and which may not be here."""
        parsed = parse_model_name(name)
        try:
            return listing.describe(str(parsed), self.resolve(parsed), header)
        except ModelNotFoundError:
            return listing.describe(str(parsed), None, header)

    def plan_removal(self, name: Name) -> Removal:
        """What `remove` would delete, so that a user can be asked; raises as that does."""
        parsed = parse_model_name(name)
        with looking_for(parsed):
            planned, place = self._first(lambda place: (removal.plan(place, parsed), place))
        if not place.writable:
            message = f"{parsed} is in {place.root}, which can only be read; remove it there."
            raise InvalidOptionsError(message, path="model")
        return planned

    def remove(self, name: Name) -> int:
        """Delete a model, whole, partial or broken, and return the bytes freed.

        Bytes that another model still uses stay. Raises ModelNotFoundError; InvalidOptionsError for `builtin`,
        for paths outside the store, which are not ours to delete, and for a store that can only be read.
        """
        return self.plan_removal(name).carry_out()

    def repository(self, name: HubName) -> Repository:
        """The place of a hub repository in the cache."""
        return StorePlace(self.root, self.plain_folder).repository(name)

    def _first(self, find: Callable[[StorePlace], Found]) -> Found:
        """What the first store has; the error of the last one that is ours to write when none has."""
        errors = []
        for place in self.places:
            try:
                return find(place)
            except (ModelNotFoundError, InvalidOptionsError) as error:
                errors.append(error)
        raise errors[-1]

    def _files_of(self, name: ModelName, place: StorePlace) -> ModelFiles:
        match name:
            case BuiltinName():
                return files_at(builtin_path(), "builtin")
            case FileName(path):
                return files_at(self._plain_or(path, place), str(name))
            case UrlName(_, local_path):
                return self._resolve_url(name, place.plain_folder / local_path)
            case HubName():
                return self._resolve_hub(name, place.repository(name), place.plain_folder)

    def _plain_or(self, path: Path, place: StorePlace) -> Path:
        beside = place.plain_folder / path
        return beside if not path.exists() and not path.is_absolute() and beside.is_file() else path

    def _resolve_url(self, name: UrlName, path: Path) -> ModelFiles:
        if not path.is_file():
            raise ModelNotFoundError(_not_downloaded(name), model=str(name))
        return files_at(path, str(name))

    def _resolve_hub(self, name: HubName, repository: Repository, plain_folder: Path) -> ModelFiles:
        commit = repository.commit(name.revision)
        files = repository.files(commit) if commit else []
        chosen = name.file if name.file in files else None
        if name.file is None:
            chosen = choose_model(files, name.quantization)
        if (commit is None or chosen is None) and (made := find_converted(plain_folder, name)):
            return files_at(made, str(name))
        if commit is None or chosen is None:
            raise ModelNotFoundError(_not_downloaded(name, self._near_name(name)), model=str(name))
        snapshot = repository.snapshot(commit)
        projector = choose_projector([file for file in files if (snapshot / file).is_file()], chosen)
        return files_at(snapshot / chosen, str(name), snapshot / projector if projector else None)

    def _near_name(self, name: HubName) -> str | None:
        """The model that is here and whose name is nearest, of the same repository if any of it is here."""
        all_here = (each for place in self.places for each in repositories(place.root))
        repos = {repository.repo: repository for repository in islice(all_here, _LOOKED_AT)}
        repo = name.repo if name.repo in repos else nearest(name.repo, repos)
        if repo is None:
            return None
        here = repos[repo]
        names = [
            str(listing.short_name(repo, path, files))
            for files in [here.files(here.commit(DEFAULT_REVISION) or "")]
            for path in listing.first_files(files)
        ]
        return nearest(str(name), names) or next(iter(names), None)


def _not_downloaded(name: ModelName, near: str | None = None) -> str:
    here = f"; `{near}` is here" if near else ""
    return f"{name} is not downloaded; run `llama-worker pull {name}`{here}."
