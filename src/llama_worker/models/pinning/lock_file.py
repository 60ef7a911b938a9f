"""`llama-worker.lock`: models, packages and an engine, each with where it is from and the digest of each of its files.

JSON, for people to read and to keep in version control. Fields that it does not know are left alone; a newer
`lockVersion` is refused.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from ...errors import IntegrityError
from ..whole_files import write_atomic

LOCK_NAME = "llama-worker.lock"
LOCK_VERSION = 1
LARGEST_LOCK_BYTES = 16 << 20


class LockedFile(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A file, whose `path` is seen from the lock's folder, with `/`; `size` in bytes, `sha256` in hexadecimal."""

    path: str
    size: int
    sha256: str


class LockedModel(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A model: `name` is what was asked for, `source` the same with the revision pinned, which brings these very files.

    `revision` is the commit in a Hugging Face repository; empty for a file of one's own. `license` is what the model's
    header says, in its words; empty when it says nothing. `projector` is that of `files` that sees and hears.
    """

    name: str
    source: str
    revision: str = ""
    license: str = ""
    architecture: str = ""
    quantization: str = ""
    files: tuple[LockedFile, ...]
    projector: str = ""


class LockedPackage(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A Python package as a wheel. `origin`: "index" as it was published, "environment" made anew of what was
    installed, "file" given, "source" built."""

    name: str
    version: str
    license: str = ""
    origin: str
    file: LockedFile


class LockedEngine(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An engine of one's own: `program` is the path of the executable among `files`."""

    program: str
    files: tuple[LockedFile, ...]


class LockedTarget(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Where the packages run: Python's version as "3.12", and the platform, as pip's tags or in Python's words."""

    python: str
    platforms: tuple[str, ...]


class Lock(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """All of it. An app's lock may hold models alone."""

    lock_version: int
    made_by: str
    target: LockedTarget | None = None
    models: tuple[LockedModel, ...] = ()
    packages: tuple[LockedPackage, ...] = ()
    engine: LockedEngine | None = None

    def files(self) -> tuple[LockedFile, ...]:
        """Every file that is named."""
        models = [file for model in self.models for file in model.files]
        engine = self.engine.files if self.engine else ()
        return (*models, *(package.file for package in self.packages), *engine)


def read_lock(path: Path) -> Lock:
    """Raises `IntegrityError` when it is no such file or one of a newer version."""
    if not path.is_file():
        raise IntegrityError(f"There is no {path.name} in {path.parent}.")
    if path.stat().st_size > LARGEST_LOCK_BYTES:
        raise IntegrityError(f"{path} is no lock file: it is larger than any.")
    return decode_lock(path.read_bytes(), path)


def decode_lock(content: bytes, path: Path) -> Lock:
    """The same of what was read from `path`."""
    try:
        version = msgspec.json.decode(content, type=_Version).lock_version
        if version > LOCK_VERSION:
            raise IntegrityError(f"{path} is of version {version}, which a newer llama-worker has written.")
        return msgspec.json.decode(content, type=Lock)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise IntegrityError(f"{path} is no lock file: {error}.") from error


def write_lock(path: Path, lock: Lock) -> None:
    """Whole or not at all."""
    write_atomic(path, lock_text(lock))


def lock_text(lock: Lock) -> bytes:
    return msgspec.json.format(msgspec.json.encode(lock), indent=2) + b"\n"


class _Version(msgspec.Struct, rename="camel"):
    lock_version: int
