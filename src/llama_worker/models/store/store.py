"""The models on this machine: finding them by name, listing, describing, removing."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from ...errors import ModelNotFoundError
from ...errors.nearest import nearest
from ..gguf.header import GgufHeader
from ..gguf.inspect import read_model
from ..names import DEFAULT_REVISION, BuiltinName, FileName, HubName, ModelName, UrlName, parse_model_name
from . import listing, removal
from .cache import Repository, hub_root, plain_root, repositories
from .choose import choose_model, choose_projector
from .files import ModelFiles, builtin_path, files_at, looking_for
from .listing import ModelEntry
from .removal import Removal

Name = str | os.PathLike[str] | Mapping[str, Any] | ModelName

# Repositories among which a near name is looked for.
_LOOKED_AT = 1000


class ModelStore:
    """The Hugging Face cache and a folder for plain files; every method reads or writes the disk, none the network.

    `root` is the cache (default: what the environment says, see `cache.hub_root`), `plain_folder` the other folder
    (default: see `cache.plain_root`). Call the methods in a thread from async code.
    """

    def __init__(self, root: str | Path | None = None, plain_folder: str | Path | None = None) -> None:
        self.root = Path(root) if root is not None else hub_root()
        self.plain_folder = Path(plain_folder) if plain_folder is not None else plain_root()

    def resolve(self, name: Name) -> ModelFiles:
        """The files of a model that is here whole.

        Raises ModelNotFoundError, whose sentence says how to get it, or InvalidOptionsError for a bad name.
        """
        parsed = parse_model_name(name)
        with looking_for(parsed):
            return self._files_of(parsed)

    def touch(self, files: ModelFiles) -> None:
        """Note that the model is used now; the time of last access is what hf and `list` show."""
        for part in files.parts:
            try:
                os.utime(part, ns=(time.time_ns(), part.stat().st_mtime_ns))
            except OSError:
                return

    def list(self) -> list[ModelEntry]:
        """Everything that is here, sorted by name: whole, partial and broken models alike."""
        return listing.list_models(self.root, self.plain_folder)

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
        """What `remove` would delete, so that a user can be asked; raises ModelNotFoundError."""
        parsed = parse_model_name(name)
        with looking_for(parsed):
            return removal.plan(self.root, self.plain_folder, parsed)

    def remove(self, name: Name) -> int:
        """Delete a model, whole, partial or broken, and return the bytes freed.

        Bytes that another model still uses stay. Raises ModelNotFoundError; InvalidOptionsError for `builtin` and
        for paths outside the store, which are not ours to delete.
        """
        return self.plan_removal(name).carry_out()

    def repository(self, name: HubName) -> Repository:
        """The place of a hub repository in the cache."""
        return Repository(self.root, name.repo)

    def _files_of(self, name: ModelName) -> ModelFiles:
        match name:
            case BuiltinName():
                return files_at(builtin_path(), "builtin")
            case FileName(path):
                return files_at(self._plain_or(path), str(name))
            case UrlName(_, local_path):
                return self._resolve_url(name, self.plain_folder / local_path)
            case HubName():
                return self._resolve_hub(name)

    def _plain_or(self, path: Path) -> Path:
        beside = self.plain_folder / path
        return beside if not path.exists() and not path.is_absolute() and beside.is_file() else path

    def _resolve_url(self, name: UrlName, path: Path) -> ModelFiles:
        if not path.is_file():
            raise ModelNotFoundError(_not_downloaded(name), model=str(name))
        return files_at(path, str(name))

    def _resolve_hub(self, name: HubName) -> ModelFiles:
        repository = self.repository(name)
        commit = repository.commit(name.revision)
        files = repository.files(commit) if commit else []
        chosen = name.file if name.file in files else None
        if name.file is None:
            chosen = choose_model(files, name.quantization)
        if commit is None or chosen is None:
            raise ModelNotFoundError(_not_downloaded(name, self._near_name(name)), model=str(name))
        snapshot = repository.snapshot(commit)
        projector = choose_projector([file for file in files if (snapshot / file).is_file()], chosen)
        return files_at(snapshot / chosen, str(name), snapshot / projector if projector else None)

    def _near_name(self, name: HubName) -> str | None:
        """The model that is here and whose name is nearest, of the same repository if any of it is here."""
        repos = [repository.repo for repository in islice(repositories(self.root), _LOOKED_AT)]
        repo = name.repo if name.repo in repos else nearest(name.repo, repos)
        if repo is None:
            return None
        here = Repository(self.root, repo)
        names = [
            str(listing.short_name(repo, path, files))
            for files in [here.files(here.commit(DEFAULT_REVISION) or "")]
            for path in listing.first_files(files)
        ]
        return nearest(str(name), names) or next(iter(names), None)


def _not_downloaded(name: ModelName, near: str | None = None) -> str:
    here = f"; `{near}` is here" if near else ""
    return f"{name} is not downloaded; run `llama-worker pull {name}`{here}."
