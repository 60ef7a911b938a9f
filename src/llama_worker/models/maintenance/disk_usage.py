"""What the stores take on the disk, and what for."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ...messages.stored import ModelEntry, StoredSize, StoreUsage
from ..store.cache import repositories
from ..store.choose import parts_of
from ..store.places import StorePlace
from ..store.store import ModelStore

_UNFINISHED = (".partial", ".partial.json", ".partial.pos", ".partial.owner", ".incomplete", ".downloadInProgress")


def disk_usage(store: ModelStore) -> list[StoreUsage]:
    """Of each store, in the order in which they are searched; looks at every file below their folders."""
    entries = [entry for entry in store.list() if entry.store]
    return [_usage(place, entries) for place in store.places]


def _usage(place: StorePlace, entries: list[ModelEntry]) -> StoreUsage:
    sizes = dict(_files(place))
    here = [entry for entry in entries if entry.store in (str(place.root), str(place.plain_folder))]
    used = {entry.name: _model_files(entry) & sizes.keys() for entry in here if entry.state != "partial"}
    users = Counter(path for paths in used.values() for path in paths)
    unfinished = {path for path in sizes if path.endswith(_UNFINISHED)}
    unnamed = _unnamed(place) & sizes.keys() - unfinished
    other = sizes.keys() - users.keys() - unfinished - unnamed

    def together(paths: set[str]) -> int:
        return sum(sizes[path] for path in paths)

    models = [
        StoredSize(
            name=name, size_bytes=together(paths), shared_bytes=together({path for path in paths if users[path] > 1})
        )
        for name, paths in used.items()
    ]
    return StoreUsage(
        folder=str(place.root),
        read_only=not place.writable,
        size_bytes=sum(sizes.values()),
        models=tuple(sorted(models, key=lambda model: -model.size_bytes)),
        unfinished_bytes=together(unfinished),
        unnamed_bytes=together(unnamed),
        other_bytes=together(other),
        free_bytes=_free(place.root),
    )


def _files(place: StorePlace) -> Iterator[tuple[str, int]]:
    """Every file once, whichever of its hard links is met first, with the bytes that it takes."""
    seen: set[tuple[int, int]] = set()
    for top in dict.fromkeys((place.root, place.plain_folder)):
        for folder, _, names in os.walk(os.path.realpath(top)):
            for path in (Path(folder, name) for name in names):
                status = path.lstat()
                if path.is_symlink() or (status.st_dev, status.st_ino) in seen:
                    continue
                seen.add((status.st_dev, status.st_ino))
                blocks = getattr(status, "st_blocks", None)
                sparse = blocks is not None and path.name.endswith(_UNFINISHED)
                yield str(path), min(status.st_size, blocks * 512) if sparse and blocks is not None else status.st_size


def _model_files(entry: ModelEntry) -> set[str]:
    path = Path(entry.path)
    return {os.path.realpath(path.with_name(name)) for name in parts_of(path.name)}


def _unnamed(place: StorePlace) -> set[str]:
    """Bytes in the cache that no name of any revision leads to."""
    found: set[str] = set()
    for repository in repositories(place.root):
        links = (path for path in (repository.folder / "snapshots").rglob("*") if path.is_symlink())
        named = {os.path.realpath(link) for link in links}
        blobs = repository.blobs.iterdir() if repository.blobs.is_dir() else ()
        found |= {os.path.realpath(blob) for blob in blobs} - named
    return found


def _free(folder: Path) -> int:
    there = next((path for path in (folder, *folder.parents) if path.exists()), Path("/"))
    return shutil.disk_usage(there).free
