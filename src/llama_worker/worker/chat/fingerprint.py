"""Telling one model file from another without reading it all."""

from __future__ import annotations

import hashlib
from pathlib import Path

from msgspec import Struct

from ...errors import InvalidModelError, InvalidSessionFileError, ModelNotFoundError
from ...models.store.files import ModelFiles

_SAMPLE = 1 << 20


class Fingerprint(Struct, frozen=True):
    """`digest` is the SHA-256 of the first and last MiB of the first file; with the size of all files that tells two
    models apart. `name` is for people."""

    name: str
    size: int
    digest: str


def fingerprint(files: ModelFiles) -> Fingerprint:
    """Raises `ModelNotFoundError` when the file is gone since the model was loaded, `InvalidModelError` when it cannot
    be read."""
    try:
        return Fingerprint(files.path.name, files.size_bytes, _digest(files.path))
    except FileNotFoundError as error:
        raise ModelNotFoundError(f"The model's file {files.path} is gone.", model=str(files.path)) from error
    except OSError as error:
        message = f"The model's file {files.path} cannot be read any more: {error.strerror}."
        raise InvalidModelError(message, model=str(files.path)) from error


def check_fingerprint(saved: Fingerprint, loaded: Fingerprint, where: str, *, any_model: bool) -> bool:
    """Whether both are of the same model. Raises `InvalidSessionFileError` when they have to be: `where` is what was
    read."""
    same = (saved.size, saved.digest) == (loaded.size, loaded.digest)
    if not same and not any_model:
        raise InvalidSessionFileError(
            f"The {where} was saved with {saved.name}, not with {loaded.name}: "
            "load that model, or say any_model=True to take the conversation alone."
        )
    return same


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256(file.read(_SAMPLE))
        file.seek(max(path.stat().st_size - _SAMPLE, 0))
        digest.update(file.read(_SAMPLE))
    return digest.hexdigest()
