"""Lists what the store holds, each thing as what it is: whole, partial, incomplete or broken."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from ...errors import InvalidModelError, ModelNotFoundError
from ...errors.general import printable
from ...messages.stored import ModelEntry, ModelState
from ..gguf.header import GgufHeader
from ..gguf.inspect import read_model
from ..gguf.parser import GgufArray, Value
from ..hub_names import SITES
from ..names import DEFAULT_REVISION, HubName
from .cache import REPOSITORY_PREFIXES, Repository, repositories
from .choose import choose_model, is_gguf, is_model_file, parts_of, quantization_of
from .files import ModelFiles, builtin_path, files_at
from .journal import PartialFiles
from .last_use import last_use
from .places import StorePlace
from .receipts import read_receipt

_FOREIGN_PARTIALS = (".incomplete", ".downloadInProgress")


class TensorSummary(msgspec.Struct, rename="camel"):
    """All tensors of one type taken together."""

    type: str
    count: int
    elements: int
    size_bytes: int


class ModelDetails(ModelEntry, kw_only=True):
    """What `show` shows: the line of `list` and what the header says."""

    files: list[str]
    mmproj: str | None
    block_count: int
    embedding_length: int
    vocab_size: int
    chat_template: str | None
    tensors: list[TensorSummary]
    metadata: dict[str, Any]


def list_models(place: StorePlace) -> list[ModelEntry]:
    """Every model of a store, by name."""
    found = (each for site in SITES for each in repositories(place.folder_of(site), site))
    entries = [entry for repository in found for entry in _repository_entries(repository)]
    for entry in entries:
        entry.store = str(place.root)
    plain = list(_plain_entries(place.plain_folder))
    for entry in plain:
        entry.store = str(place.plain_folder)
    for entry in (*entries, *plain):
        entry.read_only = not place.writable
    return sorted([*entries, *plain], key=lambda entry: entry.name)


def builtin_entries() -> list[ModelEntry]:
    """The model of the package, where it was packed along."""
    if not builtin_path().is_file():
        return []
    entry = _entry("builtin", builtin_path())
    entry.origin, entry.source = "package", "builtin"
    return [entry]


def describe(name: str, files: ModelFiles | None, header: GgufHeader) -> ModelDetails:
    """The details of a model whose header was read; without `files` it is not on this machine."""
    return ModelDetails(
        **msgspec.structs.asdict(_whole(name, files, header) if files else _remote(name, header)),
        files=[str(path) for path in files.parts] if files else [],
        mmproj=str(files.mmproj) if files and files.mmproj else None,
        block_count=header.block_count,
        embedding_length=header.embedding_length,
        vocab_size=header.vocab_size,
        chat_template=header.chat_template,
        tensors=_summarize(header),
        metadata={key: plain_value(value) for key, value in header.metadata.items()},
    )


def plain_value(value: Value) -> Any:
    """A metadata value as JSON can carry it; a long array as its type and length."""
    if isinstance(value, GgufArray):
        return value.values() if value.data is not None else f"{value.item_type}[{value.count}]"
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _summarize(header: GgufHeader) -> list[TensorSummary]:
    counts: Counter[str] = Counter()
    elements: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for tensor in header.tensors:
        counts[tensor.type] += 1
        elements[tensor.type] += tensor.elements
        sizes[tensor.type] += tensor.size_bytes
    return [TensorSummary(kind, counts[kind], elements[kind], size) for kind, size in sizes.most_common()]


def _repository_entries(repository: Repository) -> Iterator[ModelEntry]:
    revisions = {commit: name for name, commit in repository.refs().items()}
    for snapshot in repository.snapshots():
        revision = revisions.get(snapshot.name, snapshot.name)
        files = repository.files(snapshot.name)
        for path in first_files(files):
            name = replace(short_name(repository.repo, path, files, revision), site=repository.site)
            entry = _entry(str(name), snapshot / path)
            entry.origin, entry.revision = "hub", snapshot.name
            entry.source = str(replace(name, file=path, quantization=None, revision=snapshot.name))
            yield entry
    for entry in (*_partial_entries(repository.blobs.glob("*.partial.json")), *_foreign_partials(repository)):
        entry.origin = "hub"
        yield entry


def _foreign_partials(repository: Repository) -> Iterator[ModelEntry]:
    for suffix in _FOREIGN_PARTIALS:
        for partial in repository.blobs.glob(f"*{suffix}"):
            yield _foreign_partial(f"{repository.site}:{repository.repo}", partial)


def first_files(files: list[str]) -> list[str]:
    """One file of every model among `files`: its first part, or the first that is there."""
    seen: dict[str, str] = {}
    for path in files:
        if is_model_file(parts_of(path)[0]):
            seen.setdefault(parts_of(path)[0], path)
    return list(seen.values())


def short_name(repo: str, path: str, files: list[str], revision: str = DEFAULT_REVISION) -> HubName:
    """The shortest name that means this file among `files`."""
    quantization = quantization_of(path)
    if quantization and choose_model(files, quantization) == path:
        return HubName(repo, quantization=quantization, revision=revision)
    return HubName(repo, file=path, revision=revision)


def _plain_entries(folder: Path) -> Iterator[ModelEntry]:
    paths = list(plain_paths(folder))
    files = sorted(path.relative_to(folder).as_posix() for path in paths if is_gguf(path.name))
    for name in first_files(files):
        entry = _entry(name, folder / name)
        if receipt := read_receipt(folder / name):
            entry.origin, entry.source = "web", receipt.url
        yield entry
    yield from _partial_entries(path for path in paths if path.name.endswith(".partial.json"))


def plain_paths(folder: Path) -> Iterator[Path]:
    """All files below it, but for repositories and what is hidden: a store's folder may hold both."""
    tops = sorted(folder.iterdir()) if folder.is_dir() else []
    for top in tops:
        if not top.name.startswith((".", *REPOSITORY_PREFIXES)):
            below = top.rglob("*") if top.is_dir() and not top.is_symlink() else [top]
            yield from (path for path in below if path.is_symlink() or path.is_file())


def _entry(name: str, path: Path) -> ModelEntry:
    try:
        files = files_at(path, name)
        return _whole(name, files, read_model(files.parts))
    except InvalidModelError as error:
        return _damaged(name, path, "broken", error.message)
    except ModelNotFoundError as error:
        return _damaged(
            name, path, "broken" if path.is_symlink() and not path.exists() else "incomplete", error.message
        )


def _whole(name: str, files: ModelFiles, header: GgufHeader) -> ModelEntry:
    entry = _remote(name, header)
    entry.path, entry.state = str(files.path), "complete"
    entry.size_bytes, entry.last_used = files.size_bytes, last_use(files.path)
    return entry


def _remote(name: str, header: GgufHeader) -> ModelEntry:
    return ModelEntry(
        name=name,
        path="",
        state="remote",
        architecture=header.architecture,
        quantization=header.quantization,
        size_bytes=header.size_bytes,
        parameters=header.parameter_count,
        context_length=header.context_length or None,
        parts=header.split_count,
    )


def _damaged(name: str, path: Path, state: ModelState, problem: str) -> ModelEntry:
    parts = [path.with_name(part) for part in parts_of(path.name)]
    size = sum(part.stat().st_size for part in parts if part.is_file())
    return ModelEntry(
        name=printable(name),
        path=printable(str(path)),
        state=state,
        problem=problem,
        quantization=quantization_of(path.name),
        size_bytes=size,
        parts=len(parts),
    )


def _partial_entries(journals: Iterable[Path]) -> Iterator[ModelEntry]:
    for path in journals:
        partial = PartialFiles(path.with_name(path.name.removesuffix(".partial.json")))
        journal = partial.read()
        if journal is not None:
            yield ModelEntry(
                name=journal.name,
                path=str(partial.data),
                state="partial",
                problem="The download is not finished; pull it again to resume.",
                quantization=quantization_of(journal.name.partition("#")[0]),
                size_bytes=journal.size_bytes,
                downloaded_bytes=journal.downloaded_bytes,
            )


def _foreign_partial(name: str, path: Path) -> ModelEntry:
    problem = "Another program has not finished this download."
    downloaded = path.stat().st_size
    return ModelEntry(name=name, path=str(path), state="partial", problem=problem, downloaded_bytes=downloaded)
