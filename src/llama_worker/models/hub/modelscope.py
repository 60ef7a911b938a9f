"""ModelScope, asked through the two HTTP interfaces that its own client uses.

    /openapi/v1/models?search=...                         a search, in pages
    /openapi/v1/models/{repo}                             what is told of a repository
    /api/v1/models/{repo}/repo/files?Revision=...         its files, with sizes and digests
    /api/v1/models/{repo}/repo?Revision=...&FilePath=...  the bytes of one, in ranges

A file's `Revision` is the commit that changed it last, so the newest of them is the commit of the repository.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ...errors import DownloadError, InvalidOptionsError, LlamaWorkerError, ModelNotFoundError
from ..download.retry import TransferSettings
from ..names import HubName, check_file_path
from .json_api import ask_json
from .repository import HubFacts, HubFile, HubRepository, checked_hex
from .sites import endpoint, hub_of

_PAGE = 50


async def read_repository(name: HubName, settings: TransferSettings | None) -> HubRepository:
    """What the repository of `name` has at its revision. Raises ModelNotFoundError or DownloadError."""
    query = {"Revision": name.revision, "Recursive": "True"}
    listed = await ask_json("ms", f"/api/v1/models/{name.repo}/repo/files", query, str(name), settings)
    entries = [entry for entry in _files_in(listed, name) if entry.get("Type") != "tree"]
    if not entries:
        raise ModelNotFoundError(
            f"{name} does not exist: {name.whole} has no files at {name.revision}.", model=str(name)
        )
    files = filter(None, map(_file, entries))
    hub, facts = await asyncio.to_thread(hub_of, "ms"), await _facts(name, settings)
    return HubRepository(name, _commit(entries, name), tuple(files), hub, facts)


async def search(text: str, limit: int, settings: TransferSettings | None) -> list[str]:
    """Repositories whose names say GGUF, "org/repo": ModelScope has no filter for formats. Raises DownloadError."""
    words = text if "gguf" in text.lower() else f"{text} gguf".strip()
    found: list[str] = []
    for page in range(1, -(-limit // _PAGE) + 1):
        query = {"search": words, "sort": "downloads", "page_number": page, "page_size": min(limit, _PAGE)}
        told = _data(await ask_json("ms", "/openapi/v1/models", query, "a list of models", settings))
        models = told.get("models") or []
        found += [repo for repo in map(_repository, models) if repo.count("/") == 1]
        if len(models) < _PAGE:
            break
    return found[:limit]


def _repository(model: Mapping[str, Any]) -> str:
    """Its `id` is "org/repo", or a number beside both."""
    named = str(model.get("id"))
    return named if "/" in named else f"{model.get('owner')}/{model.get('name')}"


def _data(answer: Any) -> Mapping[str, Any]:
    """The old interface wraps its answers in `Data`, the new one in `data`."""
    data = (answer.get("Data") or answer.get("data")) if isinstance(answer, dict) else None
    if not isinstance(data, dict):
        raise DownloadError(f"{endpoint('ms')} answered with something else than ModelScope does.", reason="server")
    return data


def _files_in(answer: Any, name: HubName) -> list[dict[str, Any]]:
    if isinstance(answer, dict) and answer.get("Success") is False:
        raise ModelNotFoundError(f"{name} does not exist on ModelScope: {answer.get('Message')}.", model=str(name))
    files = _data(answer).get("Files") or []
    return [entry for entry in files if isinstance(entry, dict)]


def _file(entry: Mapping[str, Any]) -> HubFile | None:
    """A file with a safe name and a digest; others are not offered at all."""
    try:
        path, size = check_file_path(str(entry.get("Path") or "")), entry.get("Size")
    except InvalidOptionsError:
        return None
    digest = entry.get("Sha256")
    if not digest or type(size) is not int:
        return None
    return HubFile(path, size, f"sha256:{checked_hex(str(digest), 64)}")


def _commit(entries: list[dict[str, Any]], name: HubName) -> str:
    newest = max(entries, key=lambda entry: int(entry.get("CommittedDate") or 0))
    if not newest.get("Revision"):
        raise DownloadError(f"ModelScope did not tell the commit of {name}.", reason="server", model=str(name))
    return checked_hex(str(newest["Revision"]), 40)


async def _facts(name: HubName, settings: TransferSettings | None) -> HubFacts:
    """What cannot be asked is not told: the files are what matters."""
    try:
        told = _data(await ask_json("ms", f"/openapi/v1/models/{name.repo}", {}, str(name), settings))
    except LlamaWorkerError:
        return HubFacts()
    return HubFacts(
        license=told.get("license") or None,
        downloads=told.get("downloads"),
        likes=told.get("likes"),
        last_modified=_date(told.get("last_modified")),
        gated=bool(told.get("gated")),
    )


def _date(value: Any) -> str | None:
    if isinstance(value, int):
        return datetime.fromtimestamp(value, UTC).isoformat()
    return value if isinstance(value, str) else None
