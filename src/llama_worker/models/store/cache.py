"""The Hugging Face cache layout, shared with llama.cpp, hf and mlx-lm.

    <root>/models--org--repo/refs/main                     the commit that a branch stood at
    <root>/models--org--repo/snapshots/<commit>/a.gguf     a link to ...
    <root>/models--org--repo/blobs/<digest>                ... the bytes, named by their digest
    <root>/.locks/models--org--repo/<digest>.lock          held while a blob is fetched, also by hf

Files that are not of the hub live under the plain folder, as `<host>/<path>.gguf` or as the user put them there.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from ..hub_names import Site
from ..names import DEFAULT_REVISION
from .choose import is_gguf

_COMMIT = re.compile(r"[0-9a-f]{40}")
_ROOT_VARIABLES = (
    ("LLAMA_CACHE", ""),
    ("HF_HUB_CACHE", ""),
    ("HUGGINGFACE_HUB_CACHE", ""),
    ("HF_HOME", "hub"),
    ("XDG_CACHE_HOME", "huggingface/hub"),
)
_PREFIX = "models--"
REPOSITORY_PREFIXES = (_PREFIX, "datasets--", "spaces--")


def hub_root(environ: Mapping[str, str] | None = None) -> Path:
    """Where hub files live: the first variable that is set decides, as in llama.cpp."""
    environ = os.environ if environ is None else environ
    for variable, below in _ROOT_VARIABLES:
        if environ.get(variable):
            return Path(environ[variable]).expanduser() / below
    return Path.home() / ".cache" / "huggingface" / "hub"


def plain_root(environ: Mapping[str, str] | None = None) -> Path:
    """Where files from other web servers live, and where a user may put own files."""
    environ = os.environ if environ is None else environ
    if environ.get("XDG_DATA_HOME"):
        return Path(environ["XDG_DATA_HOME"]).expanduser() / "llama-worker" / "models"
    if sys.platform == "win32" and environ.get("LOCALAPPDATA"):
        return Path(environ["LOCALAPPDATA"]) / "llama-worker" / "models"
    return Path.home() / ".local" / "share" / "llama-worker" / "models"


class Repository(msgspec.Struct, frozen=True):
    """One repository in the cache; nothing of it needs to exist."""

    root: Path
    repo: str
    site: Site = "hf"

    @property
    def folder(self) -> Path:
        """The folder that holds all of it."""
        return self.root / (_PREFIX + self.repo.replace("/", "--"))

    @property
    def blobs(self) -> Path:
        """The folder of the bytes."""
        return self.folder / "blobs"

    def blob(self, digest: str) -> Path:
        """Where the bytes with that digest belong."""
        return self.blobs / digest

    def lock(self, digest: str) -> Path:
        """The lock of that blob, the same that huggingface_hub takes."""
        return self.root / ".locks" / self.folder.name / f"{digest}.lock"

    def pin(self, commit: str) -> Path:
        """A file that is there when somebody has asked for that very commit, which no update then removes."""
        return self.folder / ".pinned" / commit

    def commit(self, revision: str) -> str | None:
        """The commit that `revision` last stood at; for `main` any branch serves, as in llama.cpp."""
        if _COMMIT.fullmatch(revision):
            return revision
        commit = _read_ref(self.folder / "refs" / revision)
        if commit or revision != DEFAULT_REVISION:
            return commit
        return next(iter(sorted(self.refs().values())), None)

    def refs(self) -> dict[str, str]:
        """All known branches and tags, with their commits."""
        refs = self.folder / "refs"
        found = {path.relative_to(refs).as_posix(): _read_ref(path) for path in sorted(refs.rglob("*"))}
        return {name: commit for name, commit in found.items() if commit}

    def snapshot(self, commit: str) -> Path:
        """The folder of the files of one commit."""
        return self.folder / "snapshots" / commit

    def snapshots(self) -> list[Path]:
        """The folders of all commits of which files are here."""
        return [path for path in _folders(self.folder / "snapshots") if _COMMIT.fullmatch(path.name)]

    def files(self, commit: str) -> list[str]:
        """The GGUF files of one commit, relative to its snapshot; links to lost blobs included."""
        return [path for path in self._all_files(commit) if is_gguf(path)]

    def signatures(self, commit: str) -> list[str]:
        """The same of signatures."""
        return [path for path in self._all_files(commit) if path.endswith(".sig")]

    def _all_files(self, commit: str) -> list[str]:
        snapshot = self.snapshot(commit)
        paths = (path for path in snapshot.rglob("*") if path.is_symlink() or path.is_file())
        return sorted(path.relative_to(snapshot).as_posix() for path in paths)


def repositories(root: Path, site: Site = "hf") -> Iterator[Repository]:
    """Every model repository in the cache."""
    for folder in _folders(root):
        name = folder.name.removeprefix(_PREFIX).replace("--", "/")
        if folder.name.startswith(_PREFIX) and name.count("/") == 1:
            yield Repository(root, name, site)


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _read_ref(path: Path) -> str | None:
    try:
        commit = path.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return None
    return commit if _COMMIT.fullmatch(commit) else None
