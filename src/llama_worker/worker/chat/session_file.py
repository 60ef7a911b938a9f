"""The file of a saved session. Version 2, or 1 for one without images and sounds:

    llama-worker-session 2\\n
    {one line of JSON: `SessionRecord`}\\n
    the engine's state, `stateBytes` long, opaque
    sha256 of all that, 64 hexadecimal digits

It is written beside its place and then renamed, so that a file is whole or not there.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from msgspec import UNSET, DecodeError, Struct, UnsetType, ValidationError, json, structs

from ...errors import (
    InvalidOptionsError,
    InvalidSessionFileError,
    LlamaWorkerError,
    SessionFileError,
    SessionNotFoundError,
)
from ...options import SessionOptions
from ...options.plain import expanded
from ..conversation import Message, check_messages
from ..media.storing import brought_back, put_away
from .fingerprint import Fingerprint

VERSION = 2
_WITHOUT_MEDIA = 1
_MAGIC = b"llama-worker-session "
_PIECE = 1 << 20
_LONGEST_RECORD = 1 << 30


class SessionRecord(Struct, frozen=True, kw_only=True, rename="camel"):
    """A conversation; the model sees `instead` in place of its first `covered` messages. In a file `media` holds the
    images and sounds, each once, and the messages refer to them."""

    model: Fingerprint
    options: SessionOptions
    history: list[Message]
    instead: list[Message]
    covered: int
    media: dict[str, str] | UnsetType = UNSET
    state_bytes: int = 0


def checked_path(path: Any) -> Path:
    """A path that the system could be asked for. Raises `InvalidOptionsError`."""
    try:
        name = os.fsdecode(path)
        os.fsencode(name)
    except (TypeError, ValueError) as error:
        raise InvalidOptionsError(
            f"{path!r} is no path of a session file: give a text or a path.", path="path"
        ) from error
    if not name or "\0" in name:
        raise InvalidOptionsError(f"{name!r} is no path of a session file: it is empty or has a NUL.", path="path")
    return Path(name)


def local_path(path: Any) -> Path:
    """As `checked_path`, of this machine: `~` is its user's home directory."""
    checked = checked_path(path)
    try:
        return expanded(checked)
    except OSError as error:
        message = f"{str(checked)!r} is no path of a session file: {error.strerror}."
        raise InvalidOptionsError(message, path="path") from error


@contextmanager
def system_errors(what: str) -> Iterator[None]:
    """Raise `SessionFileError`, which begins with `what`, for whatever the system refuses."""
    try:
        yield
    except LlamaWorkerError:
        raise
    except OSError as error:
        kind = SessionNotFoundError if isinstance(error, FileNotFoundError) else SessionFileError
        refused = kind(f"{what}: {error.strerror or error}.")
        refused.errno = error.errno
        raise refused from error


def write_session(path: Path, record: SessionRecord, state: Path | None) -> None:
    """Write a file that is whole or not there. Raises OSError."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            digest = hashlib.sha256()
            for piece in _pieces(record, state):
                digest.update(piece)
                file.write(piece)
            file.write(digest.hexdigest().encode())
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _pieces(record: SessionRecord, state: Path | None) -> Iterator[bytes]:
    media: dict[str, str] = {}
    history, instead = put_away(record.history, media), put_away(record.instead, media)
    yield b"%s%d\n" % (_MAGIC, VERSION if media else _WITHOUT_MEDIA)
    yield json.encode(structs.replace(record, history=history, instead=instead, media=media or UNSET)) + b"\n"
    if state is not None:
        with state.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece


def read_session(path: Path, state_to: Path) -> SessionRecord:
    """Read and check a file; the engine's state, if it holds one, goes to the file `state_to`.

    Raises `SessionNotFoundError`, or `InvalidSessionFileError` when it is anything but a whole session.
    """
    try:
        opened = path.open("rb")
    except FileNotFoundError as error:
        raise SessionNotFoundError(f"There is no session file {path}.") from error
    with opened as file:
        digest = hashlib.sha256()
        digest.update(_read_version(file, path))
        line = file.readline(_LONGEST_RECORD)
        digest.update(line)
        record = _decode(line, path)
        _copy_state(file, record.state_bytes, state_to, digest, path)
        if file.read() != digest.hexdigest().encode():
            raise InvalidSessionFileError(f"The session file {path} is damaged: its checksum does not fit.")
    return record


def _read_version(file: IO[bytes], path: Path) -> bytes:
    line = file.readline(64)
    version = line.removeprefix(_MAGIC).strip()
    if not line.startswith(_MAGIC) or not version.isdigit():
        raise InvalidSessionFileError(f"{path} is not a session that llama-worker saved.")
    if int(version) > VERSION:
        message = f"The session file {path} has version {int(version)}: it was saved by a newer llama-worker."
        raise InvalidSessionFileError(message)
    return line


def _decode(line: bytes, path: Path) -> SessionRecord:
    try:
        record = json.decode(line, type=SessionRecord)
        history = check_messages(brought_back(record.history, record.media or {}))
        instead = check_messages(brought_back(record.instead, record.media or {}))
    except (DecodeError, ValidationError, InvalidOptionsError, UnicodeError, RecursionError) as error:
        raise InvalidSessionFileError(f"The session file {path} is damaged: {error}.") from error
    return structs.replace(record, history=history, instead=instead, media=UNSET)


def _copy_state(file: IO[bytes], size: int, to: Path, digest: hashlib._Hash, path: Path) -> None:
    if not size:
        return
    with to.open("wb") as copy:
        while size > 0 and (piece := file.read(min(size, _PIECE))):
            digest.update(piece)
            copy.write(piece)
            size -= len(piece)
    if size:
        raise InvalidSessionFileError(f"The session file {path} is cut off.")
