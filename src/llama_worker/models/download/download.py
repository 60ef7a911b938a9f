"""Downloads that end in a verified file or in nothing: resumable, shared between processes, never spliced."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...errors import (
    DownloadError,
    IntegrityError,
    InvalidOptionsError,
    LlamaWorkerError,
    ModelNotFoundError,
)
from ..gguf.split import all_parts
from ..hub.asking import find_model, read_repository
from ..hub.repository import HubFile, HubModel, HubRepository
from ..hub.sites import is_offline
from ..names import HubName, ModelName, UrlName, parse_model_name
from ..pinning.recorded import digest_of
from ..store.files import ModelFiles
from ..store.journal import PartialFiles
from ..store.links import link_blob, write_ref
from ..store.lock import Ownership
from ..store.receipts import Receipt, write_receipt
from ..store.store import ModelStore
from .fetcher import Fetcher
from .partial import explain_os_error
from .progress import Meter, Report
from .reach import Reach
from .remote import RemoteFile, hub_remote, part_urls, plain_remote
from .retry import TransferSettings
from .transfer import Transfer

__all__ = ["Downloader", "TransferSettings"]

_TROUBLE = frozenset({"network", "server", "stalled", "rate_limited"})
_SHA256 = re.compile(r"(?:sha256:)?([0-9a-fA-F]{64})")


class Downloader:
    """Fetches models into a store. One downloader may run any number of downloads at the same time.

    Needs no engine. Respects `HF_TOKEN`, `HF_ENDPOINT`, `HF_HUB_OFFLINE` and the proxy variables, all read when a
    download begins. `reach`: where its downloads may lead, for those that somebody else asks for; default: everywhere.
    """

    def __init__(
        self, store: ModelStore | None = None, settings: TransferSettings | None = None, reach: Reach | None = None
    ) -> None:
        self._store = store or ModelStore()
        self._settings = settings or TransferSettings()
        self._reach = reach

    async def download(
        self,
        name: str | os.PathLike[str] | Mapping[str, Any] | ModelName,
        *,
        sha256: str | None = None,
        size: int | None = None,
        progress: Report | None = None,
    ) -> Path:
        """Fetch a model, all its parts and its image projector, and return the path of its first part.

        `sha256` (64 hexadecimal digits) and `size` (bytes) are what the file must have; the hub tells them by
        itself. `progress` is called at most ten times a second, and at the end with a value of 1.0. A model that is
        here already is returned at once. Cancelling keeps what has come; the next call continues from there.

        Raises ModelNotFoundError, DownloadError, IntegrityError or InvalidOptionsError. After each of them nothing
        is left under the final name.
        """
        parsed = parse_model_name(name)
        if self._reach is not None:
            self._reach.check_name(parsed)
        digest = _parse_sha256(sha256)
        meter = Meter(progress)
        match parsed:
            case HubName():
                path = await self._download_from_hub(parsed, digest, size, meter)
            case UrlName():
                path = await self._download_url(parsed, digest, size, meter)
            case _:
                files = await asyncio.to_thread(self._store.resolve, parsed)
                await asyncio.to_thread(_check_local, files, digest, size)
                path = files.path
        meter.finish()
        return path

    async def _download_from_hub(self, name: HubName, digest: str | None, size: int | None, meter: Meter) -> Path:
        if is_offline():
            return (await self._resolve_offline(name)).path
        try:
            model = await find_model(name, self._settings)
        except DownloadError as error:
            return await self._present_or_raise(name, error)
        _check_promise(model, digest, size)
        paths = [file.path for file in model.files]
        if there := await asyncio.to_thread(self._store.elsewhere, name.repo, model.repository.commit, paths):
            return there
        wanted = [*model.files, *model.signatures]
        return await self._fetch_from(model.repository, wanted, meter) / model.files[0].path

    async def _fetch_from(self, found: HubRepository, wanted: Sequence[HubFile], meter: Meter) -> Path:
        """The snapshot of a repository, once these of its files are in it."""
        repository = self._store.repository(found.name)
        files = [hub_remote(repository, found, file) for file in wanted]
        fetcher = Fetcher(found.hub.endpoint, found.hub.credentials, self._settings.stall_seconds, self._reach)
        await self._fetch_all(files, fetcher, meter)
        await asyncio.to_thread(write_ref, repository, found.name.revision, found.commit)
        return repository.snapshot(found.commit)

    async def download_files(
        self, name: HubName, wanted: Callable[[HubRepository], Sequence[HubFile]], *, progress: Report | None = None
    ) -> Path:
        """Fetch what `wanted` chooses of a repository, and return the folder that has it. As `download` otherwise."""
        meter = Meter(progress)
        if is_offline():
            raise DownloadError(f"HF_HUB_OFFLINE forbids to fetch {name}; name its folder.", reason="offline")
        found = await read_repository(name, self._settings)
        folder = await self._fetch_from(found, wanted(found), meter)
        meter.finish()
        return folder

    async def _download_url(self, name: UrlName, digest: str | None, size: int | None, meter: Meter) -> Path:
        urls = part_urls(name)
        if len(urls) > 1 and (digest or size):
            raise InvalidOptionsError("A split model has no single digest or size.", path="sha256")
        if is_offline():
            return (await self._resolve_offline(name)).path
        named = self._store.plain_folder / name.local_path
        targets = [named.with_name(part) for part in all_parts(named.name)]
        files = [plain_remote(*pair, self._store, digest, size) for pair in zip(urls, targets, strict=True)]
        fetcher = Fetcher(stall_seconds=self._settings.stall_seconds, reach=self._reach)
        await self._fetch_all(files, fetcher, meter)
        return files[0].target

    async def _fetch_all(self, files: list[RemoteFile], fetcher: Fetcher, meter: Meter) -> None:
        meter.expect([file.size_bytes for file in files])
        async with fetcher:
            for file in files:
                meter.begin_file((file.link or file.target).name, file.digest)
                await self._fetch(file, fetcher, meter)

    async def _fetch(self, file: RemoteFile, fetcher: Fetcher, meter: Meter) -> None:
        """Make sure of one file; when another process is at it, wait for that process to finish or die."""
        partial = PartialFiles(file.target)

        async def show_the_other() -> None:
            journal = await asyncio.to_thread(partial.read)
            meter.set_present(journal.downloaded_bytes if journal else 0)

        try:
            async with Ownership(file.lock, partial.owner, show_the_other):
                present = await asyncio.to_thread(_present_bytes, file)
                if present is None:
                    transfer = Transfer(fetcher, file, meter, self._settings)
                    await transfer.run()
                    await asyncio.to_thread(_note_origin, file, transfer.validator)
                else:
                    await asyncio.to_thread(partial.remove)  # of a file that another program has brought meanwhile
                    meter.set_present(present)
                if file.link is not None:
                    await asyncio.to_thread(link_blob, file.target, file.link)
        except LlamaWorkerError:  # some of ours are also an OSError
            raise
        except OSError as error:
            raise explain_os_error(error, file.target.parent) from error

    async def _resolve_offline(self, name: ModelName) -> ModelFiles:
        try:
            return await asyncio.to_thread(self._store.resolve, name)
        except ModelNotFoundError as error:
            message = f"{name} is not downloaded, and HF_HUB_OFFLINE forbids to fetch it."
            raise DownloadError(message, reason="offline", model=str(name)) from error

    async def _present_or_raise(self, name: ModelName, error: DownloadError) -> Path:
        """What is here already, while the hub has trouble; its refusals are told."""
        if error.reason not in _TROUBLE:
            raise error
        try:
            return (await asyncio.to_thread(self._store.resolve, name)).path
        except ModelNotFoundError:
            raise error from error.__cause__


def _note_origin(file: RemoteFile, validator: str | None) -> None:
    """What the hub's files must be is their blobs' name."""
    if file.link is None:
        digest = file.digest or digest_of(file.target)
        size = file.target.stat().st_size
        write_receipt(file.target, Receipt(url=file.url, size_bytes=size, digest=digest, validator=validator))


def _parse_sha256(sha256: str | None) -> str | None:
    if sha256 is None:
        return None
    match = _SHA256.fullmatch(sha256.strip())
    if match is None:
        raise InvalidOptionsError("sha256 must be 64 hexadecimal digits.", path="sha256")
    return f"sha256:{match[1].lower()}"


def _check_promise(model: HubModel, digest: str | None, size: int | None) -> None:
    """Compare what the user demands with what the hub promises, before any byte is fetched."""
    name, file = model.name, model.files[0]
    if (digest or size) and len(all_parts(file.path)) > 1:
        raise InvalidOptionsError("A split model has no single digest or size.", path="sha256")
    if digest not in (None, file.digest) or size not in (None, file.size_bytes):
        message = f"The hub has another {name} than you asked for: {file.size_bytes} bytes, {file.digest}."
        raise IntegrityError(message, model=str(name))


def _check_local(files: ModelFiles, digest: str | None, size: int | None) -> None:
    if size not in (None, files.path.stat().st_size) or digest not in (None, digest and digest_of(files.path)):
        raise IntegrityError(f"{files.path} is not the file you asked for.", model=str(files.path))


def _present_bytes(file: RemoteFile) -> int | None:
    """The size of the file when it is here already; one with another size or digest does not count."""
    for path in (file.target, file.link):
        if path is None or not path.is_file():
            continue
        size = path.stat().st_size
        if file.size_bytes not in (None, size):
            return None
        demanded = file.link is None and file.digest is not None
        return None if demanded and digest_of(path) != file.digest else size
    return None
