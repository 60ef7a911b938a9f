"""A file that is to be fetched."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
from msgspec import structs

from ..gguf.split import all_parts
from ..hub.repository import HubFile, HubRepository
from ..names import UrlName
from ..store.cache import Repository
from ..store.store import ModelStore
from .retry import RetryLater

_PART_SUFFIX = len("-00001-of-00002.gguf")


class RemoteFile(msgspec.Struct, frozen=True):
    """One file to fetch; `digest` and `size_bytes` are what it must have, None where nobody knows."""

    name: str
    url: str
    target: Path
    lock: Path
    size_bytes: int | None = None
    digest: str | None = None
    link: Path | None = None

    @property
    def shown(self) -> str:
        """The file's own name: an address may carry a key."""
        return (self.link or self.target).name

    def validator(self, offered: str | None) -> str | None:
        """What must stay the same during and between transfers.

        None for files of the hub: they are named by their content, and its mirrors may disagree about ETags.
        """
        return None if self.link else offered


def part_urls(name: UrlName) -> tuple[str, ...]:
    """The addresses of all parts of a model on a web server; they differ in the number of the part only."""
    filename = Path(name.local_path).name
    parts = all_parts(filename)
    if len(parts) == 1:
        return (name.url,)
    return tuple(name.url.replace(filename[-_PART_SUFFIX:], part[-_PART_SUFFIX:]) for part in parts)


class StartAgain(Exception):
    """Raised inside a transfer when it cannot go on with the bytes it has; without `ranges` in one stream only."""

    def __init__(self, refused: RetryLater, *, ranges: bool) -> None:
        super().__init__(str(refused))
        self.refused = refused
        self.ranges = ranges


def hub_remote(repository: Repository, found: HubRepository, file: HubFile) -> RemoteFile:
    """A file of a repository, on its way into the cache."""
    name = structs.replace(found.name, file=file.path, quantization=None)
    return RemoteFile(
        name=str(name),
        url=found.url(file),
        target=repository.blob(file.blob),
        lock=repository.lock(file.blob),
        size_bytes=file.size_bytes,
        digest=file.digest,
        link=repository.snapshot(found.commit) / file.path,
    )


def plain_remote(url: str, target: Path, store: ModelStore, digest: str | None, size: int | None) -> RemoteFile:
    lock = hashlib.sha256(str(target).encode()).hexdigest()[:32]
    return RemoteFile(url, url, target, store.plain_folder / ".locks" / f"{lock}.lock", size, digest)
