"""Models read whole, and compared with what is written down of them, or with what the hub says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...errors import InvalidModelError, LlamaWorkerError, ModelNotFoundError
from ...messages.stored import FileCheck, ModelCheck, ModelEntry
from ..gguf.inspect import read_model
from ..hub.asking import find_model
from ..names import HubName, ModelName, parse_model_name
from ..pinning.recorded import Recorded, digest_of, recorded_digest
from ..store.files import ModelFiles, files_at
from ..store.store import ModelStore
from .background import Report, Tally, in_background

Known = Mapping[str, Recorded]
_FINISHED = ("complete", "incomplete", "broken")


async def verify_models(
    store: ModelStore, names: Sequence[ModelName], report: Report, *, upstream: bool = False
) -> list[ModelCheck]:
    """What is found of the models of these names, or without any of all that are here; reads every byte of them.

    With `upstream` the hub says what its files must be. Raises ModelNotFoundError for a name that is not here, and
    DownloadError when the hub does not answer.
    """
    found = await asyncio.to_thread(_found, store, names)
    known = [await _upstream(files) if upstream else {} for _, files in found]
    return await in_background(lambda tally: _verify(found, known, tally), report)


def _found(store: ModelStore, names: Sequence[ModelName]) -> list[tuple[str, ModelFiles | str]]:
    """Each model with its files, or with what is wrong with them."""
    if names:
        return [(str(name), store.resolve(name)) for name in names]
    return [_opened(store, entry) for entry in store.list() if entry.state in _FINISHED]


def _opened(store: ModelStore, entry: ModelEntry) -> tuple[str, ModelFiles | str]:
    try:
        named = parse_model_name(entry.name)
        return entry.name, files_at(Path(entry.path), entry.name) if entry.hidden else store.resolve(named)
    except LlamaWorkerError as error:
        return entry.name, error.message


async def _upstream(files: ModelFiles | str) -> Known:
    """What the hub says of the files of a model that is of a repository, by their paths here."""
    if isinstance(files, str) or (name := _source(files.path)) is None:
        return {}
    model = await find_model(name)
    snapshot = str(files.path).removesuffix(name.file or "")
    return {snapshot + file.path: Recorded(file.digest, "hub") for file in model.files}


def _source(path: Path) -> HubName | None:
    """The name with which the hub knows a file of the cache."""
    parts = path.parts
    if "snapshots" not in parts:
        return None
    at = len(parts) - 1 - parts[::-1].index("snapshots")
    repo = parts[at - 1].removeprefix("models--").replace("--", "/")
    return HubName(repo, file="/".join(parts[at + 2 :]), revision=parts[at + 1])


def _verify(found: list[tuple[str, ModelFiles | str]], known: list[Known], tally: Tally) -> list[ModelCheck]:
    for _, files in found:
        if isinstance(files, ModelFiles):
            tally.expect(sum(path.stat().st_size for path in files.all))
    return [_verified(name, files, known, tally) for (name, files), known in zip(found, known, strict=True)]


def _verified(name: str, files: ModelFiles | str, known: Known, tally: Tally) -> ModelCheck:
    if isinstance(files, str):
        return ModelCheck(name=name, state="bad", problem=files)
    checks = tuple(_check(path, known.get(str(path)), tally) for path in files.all)
    bad = [check for check in checks if check.state in ("changed", "missing")]
    if bad:
        return ModelCheck(name=name, state="bad", files=checks, problem=_problem(name, bad))
    try:
        read_model(files.parts)
    except (InvalidModelError, ModelNotFoundError) as error:
        return ModelCheck(name=name, state="bad", files=checks, problem=error.message)
    unrecorded = any(check.state == "unrecorded" for check in checks)
    return ModelCheck(name=name, state="unrecorded" if unrecorded else "ok", files=checks)


def _check(path: Path, known: Recorded | None, tally: Tally) -> FileCheck:
    known = known or recorded_digest(path)
    kind = known.digest.partition(":")[0] if known else "sha256"
    tally.begin(path.name)
    try:
        size, digest = path.stat().st_size, digest_of(path, kind, tally.add)
    except OSError:
        return FileCheck(path=str(path), state="missing")
    if known is None:
        return FileCheck(path=str(path), state="unrecorded", size_bytes=size, digest=digest)
    return FileCheck(
        path=str(path),
        state="ok" if digest == known.digest else "changed",
        size_bytes=size,
        digest=digest,
        expected=known.digest,
        recorded_by=known.by,
    )


def _problem(name: str, bad: list[FileCheck]) -> str:
    named = ", ".join(Path(check.path).name for check in bad)
    what = "is not what it was" if len(bad) == 1 else "are not what they were"
    if any(check.state == "missing" for check in bad):
        what = "cannot be read"
    return f"{named} {what}; run `llama-worker rm {name}` and pull it again."
