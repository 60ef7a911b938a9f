"""The links that make a blob visible under its name in a snapshot."""

from __future__ import annotations

import os
from pathlib import Path

from ...errors import DownloadError
from ..whole_files import fsync_folder, temporary_beside, write_atomic
from .cache import Repository


def link_blob(blob: Path, link: Path) -> None:
    """Make `link` lead to `blob`, at once; where links are not possible the file itself is moved there."""
    if link.is_file() and not blob.exists():
        return  # moved there by an earlier call
    link.parent.mkdir(parents=True, exist_ok=True)
    repository = blob.parent.parent
    if not link.parent.resolve().is_relative_to(repository.resolve()):
        raise DownloadError(f"{link.parent} leads out of the model cache; remove it and pull again.")
    try:
        _symlink(blob, link)
    except OSError:
        _hard_link_or_move(blob, link)
    fsync_folder(link.parent)


def _symlink(blob: Path, link: Path) -> None:
    target = os.path.relpath(blob, link.parent)
    if link.is_symlink() and str(link.readlink()) == target:
        return
    temporary = temporary_beside(link)
    temporary.symlink_to(target)
    temporary.replace(link)


def _hard_link_or_move(blob: Path, link: Path) -> None:
    temporary = temporary_beside(link)
    try:
        temporary.hardlink_to(blob)
        temporary.replace(link)
    except OSError:
        blob.replace(link)


def write_ref(repository: Repository, revision: str, commit: str) -> None:
    """Note which commit a branch or tag stands at; written last, when its files are all there."""
    if revision == commit:
        repository.pin(commit).parent.mkdir(parents=True, exist_ok=True)
        repository.pin(commit).touch()
        return
    ref = repository.folder / "refs" / revision
    ref.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(ref, commit.encode())
