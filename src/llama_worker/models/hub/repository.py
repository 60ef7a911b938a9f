"""What a repository of a hub has at one commit."""

from __future__ import annotations

from urllib.parse import quote, quote_plus

from msgspec import Struct, structs

from ...errors import DownloadError
from ..names import HubName
from ..signing.places import signatures_among
from ..store.choose import is_gguf, parts_of
from ..store.listing import first_files, short_name
from .sites import Hub


class HubFile(Struct, frozen=True):
    """One file of a repository. `digest` is "sha256:..." or, for small files, "git-sha1:..."."""

    path: str
    size_bytes: int
    digest: str

    @property
    def blob(self) -> str:
        """The name of the bytes in the cache."""
        return self.digest.partition(":")[2]


class HubFacts(Struct, frozen=True, kw_only=True):
    """What a hub tells of a repository beside its files; None is what it does not tell.

    `downloads` are those of the last 30 days (of ModelScope: all); `last_modified` is ISO 8601; `gated`: only those who
    have accepted its terms may read its files; `base_models` are the repositories that it was made from.
    """

    license: str | None = None
    downloads: int | None = None
    likes: int | None = None
    last_modified: str | None = None
    gated: bool = False
    base_models: tuple[str, ...] = ()
    architecture: str | None = None
    parameters: int | None = None
    context_length: int | None = None


class HubRepository(Struct, frozen=True):
    """A repository at the commit that `name` means at this moment: all its files whose names are safe."""

    name: HubName
    commit: str
    files: tuple[HubFile, ...]
    hub: Hub
    facts: HubFacts = HubFacts()

    @property
    def gguf_files(self) -> dict[str, HubFile]:
        """Those that are GGUF files, by path."""
        return {file.path: file for file in self.files if is_gguf(file.path)}

    def models(self) -> dict[str, int]:
        """The first file of every model that is whole, with the bytes of all its parts."""
        files = self.gguf_files
        whole = [path for path in first_files(list(files)) if all(part in files for part in parts_of(path))]
        return {path: sum(files[part].size_bytes for part in parts_of(path)) for path in whole}

    def name_of(self, path: str) -> HubName:
        """The shortest name of the model that begins with that file."""
        short = short_name(self.name.repo, path, list(self.gguf_files), self.name.revision)
        return structs.replace(short, site=self.name.site)

    def url(self, file: HubFile) -> str:
        """Where the bytes of a file are fetched, pinned to the commit."""
        if self.hub.site == "ms":
            query = f"Revision={quote_plus(self.commit)}&FilePath={quote_plus(file.path)}"
            return f"{self.hub.endpoint}/api/v1/models/{self.name.repo}/repo?{query}"
        return f"{self.hub.endpoint}/{self.name.repo}/resolve/{self.commit}/{quote(file.path)}"


def checked_hex(digest: str, length: int) -> str:
    """The digest becomes a file name, so nothing but hexadecimal digits will do."""
    if len(digest) != length or set(digest) - set("0123456789abcdef"):
        raise DownloadError("The hub answered with a digest that is none.", reason="server")
    return digest


class HubModel(Struct, frozen=True):
    """A model of a repository: the files to fetch, its first part first."""

    repository: HubRepository
    files: tuple[HubFile, ...]

    @property
    def name(self) -> HubName:
        """The name that was asked for."""
        return self.repository.name

    @property
    def part_count(self) -> int:
        """How many of the files are parts of the model itself; a projector follows them."""
        return len(parts_of(self.files[0].path))

    @property
    def signatures(self) -> list[HubFile]:
        """What may be signatures of them."""
        known = {file.path: file for file in self.repository.files}
        return [known[path] for path in signatures_among(known, [file.path for file in self.files])]

    @property
    def urls(self) -> list[str]:
        """Where the parts of the model itself are fetched."""
        return [self.repository.url(file) for file in self.files[: self.part_count]]
