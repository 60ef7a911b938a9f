"""Where models are looked for: several stores one after the other, of which some can only be read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from ...options.plain import expanded
from ..hub_names import HubName, Site
from .cache import Repository, hub_root, plain_root

STORES_VARIABLE = "LLAMA_WORKER_STORES"


class StorePlace(msgspec.Struct, frozen=True):
    """A store: `root` is its cache of repositories, `plain_folder` has all other files; both may be one folder."""

    root: Path
    plain_folder: Path

    def folder_of(self, site: Site) -> Path:
        """The folder of a hub's repositories: one of ModelScope may have the name of another one of Hugging Face."""
        return self.root if site == "hf" else self.plain_folder / ".modelscope"

    def repository(self, name: HubName) -> Repository:
        """The place of a repository in it."""
        return Repository(self.folder_of(name.site), name.repo, name.site)

    @property
    def writable(self) -> bool:
        """Whether models can be put there, or the folder be made."""
        return all(_can_write(folder) for folder in {self.root, self.plain_folder})

    def has(self, path: Path) -> bool:
        """Whether a file is in it."""
        return path.is_relative_to(self.root) or path.is_relative_to(self.plain_folder)


def places_of(folders: Iterable[str | Path] = (), environ: Mapping[str, str] | None = None) -> tuple[StorePlace, ...]:
    """Those of `folders`, then those of the environment (`LLAMA_WORKER_STORES`), then the user's own: each once, in the
    order in which they are searched. Raises OSError for a folder in the home directory of nobody."""
    environ = os.environ if environ is None else environ
    named = [*folders, *filter(None, environ.get(STORES_VARIABLE, "").split(os.pathsep))]
    own = StorePlace(hub_root(environ), plain_root(environ))
    chosen = [expanded(str(folder)).absolute() for folder in named]
    others = [StorePlace(folder, folder) for folder in dict.fromkeys(chosen) if folder != own.root]
    return (*others, own)


def first_writable(places: tuple[StorePlace, ...]) -> StorePlace:
    """The one that downloads go to; the last when there is none, whose refusal says why."""
    return next((place for place in places if place.writable), places[-1])


def _can_write(folder: Path) -> bool:
    there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)
