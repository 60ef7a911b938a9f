"""What is told of the models on this machine: what there is, whether it is sound, what it takes."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

ModelState = Literal["complete", "partial", "incomplete", "broken", "remote"]
ModelOrigin = Literal["hub", "web", "file", "package"]
FileState = Literal["ok", "changed", "missing", "unrecorded"]
CheckState = Literal["ok", "bad", "unrecorded"]
SignatureState = Literal["ok", "missing", "untrusted", "not_named", "changed"]


class ModelEntry(Struct, rename="camel", kw_only=True):
    """A model on this machine. `last_used` is in seconds since 1970, unknown facts are None.

    `state` is "complete", "partial" (a download that can be resumed), "incomplete" (parts are missing), "broken" or,
    of a model that is looked at from afar, "remote"; `problem` says in one sentence what is wrong.

    `origin` is "hub", "web", "file" (put there by somebody) or "package"; `source` is the name that brings this very
    file, with the commit of a repository, which is `revision` too. `store` is the folder of the store that has it,
    `read_only` one that cannot be written to, and `hidden` says that an earlier store has a model of this name, which
    is the one that is used.
    """

    name: str
    path: str
    state: ModelState = "complete"
    problem: str | None = None
    architecture: str | None = None
    quantization: str | None = None
    size_bytes: int = 0
    downloaded_bytes: int | None = None
    parameters: int | None = None
    context_length: int | None = None
    parts: int = 1
    last_used: float | None = None
    origin: ModelOrigin = "file"
    source: str | None = None
    revision: str | None = None
    store: str | None = None
    read_only: bool = False
    hidden: bool = False


class FileCheck(Struct, frozen=True, kw_only=True, rename="camel"):
    """A file of a model, compared with what is known of it. Digests are hexadecimal, `size_bytes` what it has.

    `state` is "ok", "changed", "missing" or "unrecorded": nobody has said what it must be. `recorded_by` is who has:
    the "store" (its files are named by their digests), the "download", the "hub", or a "lock".
    """

    path: str
    state: FileState
    size_bytes: int = 0
    digest: str | None = None
    expected: str | None = None
    recorded_by: Literal["store", "download", "hub", "lock"] | None = None


class ModelCheck(Struct, frozen=True, kw_only=True, rename="camel"):
    """A model that was read whole. `state` is "bad" when one of its files is, or its header says what cannot be;
    `problem` then says in one sentence what is wrong and what to do.

    `signature` is None when nobody asked for it, "ok" when all files are signed by who is trusted, else the `reason` of
    `ModelNotSignedError`; `signature_problem` is its sentence.
    """

    name: str
    state: CheckState
    files: tuple[FileCheck, ...] = ()
    problem: str | None = None
    signature: SignatureState | None = None
    signature_problem: str | None = None


class ModelUpdate(Struct, frozen=True, kw_only=True, rename="camel"):
    """What became of a model, or would (`updated` is False then): the revisions that it has and that upstream has.

    `state`: "current", "newer" (upstream has another file), "same_file" (another revision, in which this file is as it
    was), "pinned" (its name says which commit it is), "gone" (upstream has it no more) or "failed", with the `problem`.
    `size_bytes` are to be fetched, or were.
    """

    name: str
    state: Literal["current", "newer", "same_file", "pinned", "gone", "failed"]
    updated: bool = False
    revision: str | None = None
    newest: str | None = None
    size_bytes: int = 0
    problem: str | None = None


class ExportedModel(Struct, frozen=True, kw_only=True, rename="camel"):
    """A model that was copied to the folder or tar file `path`."""

    name: str
    path: str
    size_bytes: int


class ImportedModel(Struct, frozen=True, kw_only=True, rename="camel"):
    """A model that was taken in: `source` is its name with the revision pinned, `license` what its header says."""

    name: str
    source: str
    license: str
    size_bytes: int


class PinnedModel(Struct, frozen=True, kw_only=True, rename="camel"):
    """A model of a lock: `source` is its name with the revision pinned, `path` its first file, where it is here."""

    name: str
    source: str
    license: str = ""
    size_bytes: int = 0
    path: str | None = None


class RemovedModel(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A model that was removed, or would be; `freed_bytes` on the disk. `last_used` in seconds since 1970."""

    name: str
    freed_bytes: int
    last_used: float | None = None


class StoredSize(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a model takes on the disk. Of `size_bytes`, `shared_bytes` are another model's or revision's as well."""

    name: str
    size_bytes: int
    shared_bytes: int = 0


class StoreUsage(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a store takes on the disk, in bytes, each file counted once.

    `unfinished_bytes` are of downloads that can be resumed, `unnamed_bytes` of files that no name leads to any more,
    `other_bytes` of what is no model: other programs' files in the same folders. `free_bytes` are left on its disk.
    """

    folder: str
    read_only: bool
    size_bytes: int
    models: tuple[StoredSize, ...] = ()
    unfinished_bytes: int = 0
    unnamed_bytes: int = 0
    other_bytes: int = 0
    free_bytes: int = 0
