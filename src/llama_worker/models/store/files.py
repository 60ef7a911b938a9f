"""The files of a model that is present on this machine."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from ...errors import InvalidModelError, ModelNotFoundError
from ...options.plain import is_unicode
from ..gguf.split import all_parts
from ..names import BuiltinName, FileName, ModelName, parse_model_name
from .near_files import near_model

_SHOWN = 200
_ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.EBADF, errno.ELOOP)


class ModelFiles(msgspec.Struct, frozen=True):
    """A model on disk: `path` is what the engine is given, `parts` all its files, `mmproj` an image projector."""

    path: Path
    parts: tuple[Path, ...]
    mmproj: Path | None = None

    @property
    def all(self) -> tuple[Path, ...]:
        """Its parts, and the projector."""
        return (*self.parts, *((self.mmproj,) if self.mmproj else ()))

    @property
    def size_bytes(self) -> int:
        """The bytes of all parts; the projector is not counted."""
        return sum(part.stat().st_size for part in self.parts)


def builtin_path() -> Path:
    """The model inside the package."""
    return Path(str(resources.files("llama_worker") / "assets" / "builtin.gguf"))


def resolve_local(name: str | os.PathLike[str] | Mapping[str, Any] | ModelName) -> ModelFiles:
    """The files of `builtin` or of a path; raises ModelNotFoundError. A store resolves the other names."""
    parsed = parse_model_name(name)
    match parsed:
        case BuiltinName():
            return files_at(builtin_path(), str(parsed))
        case FileName(path):
            return files_at(path, str(parsed))
    raise ModelNotFoundError(f"{parsed} is not a local file.", model=str(parsed))


@contextmanager
def looking_for(name: ModelName) -> Iterator[None]:
    """A path that the system refuses to look at, as it is too long or in a folder of somebody else's, has no model."""
    try:
        yield
    except ModelNotFoundError:  # an OSError too
        raise
    except OSError as error:
        shown = str(name) if len(str(name)) <= _SHOWN else f"{str(name)[:_SHOWN]}..."
        raise ModelNotFoundError(f"No model file at {shown}: {error.strerror}.", model=shown) from error


def files_at(path: Path, shown: str, mmproj: Path | None = None) -> ModelFiles:
    """The files of the model that begins at `path`, whichever of its parts that is."""
    if not is_file(path):
        raise ModelNotFoundError(_not_there(path, shown), model=shown)
    if not is_unicode(str(path)):
        message = f"The path of {shown} is no Unicode text, which the engine could open: rename the file or its folder."
        raise InvalidModelError(message, model=shown)
    parts = tuple(path.with_name(name) for name in all_parts(path.name))
    for index, part in enumerate(parts, start=1):
        if not part.is_file():
            message = f"Part {index} of {len(parts)} of {shown} is missing: no file at {part}."
            raise ModelNotFoundError(message, model=shown)
    return ModelFiles(parts[0], parts, mmproj)


def is_file(path: Path) -> bool:
    """As `Path.is_file` was before Python 3.14, which tells nobody that it was not allowed to look."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError as error:
        if error.errno in _ABSENT:
            return False
        raise


def _not_there(path: Path, shown: str) -> str:
    if path.is_dir():
        return f"{shown} is a folder, not a model file."
    if path.is_symlink():
        return f"{shown} is a link to a file that is gone; run `llama-worker rm` on it or pull it again."
    if near := near_model(path):
        return f"No model file at {path} (did you mean `{near}`?)."
    looks_like_repo = len(path.parts) == 2 and not path.is_absolute() and path.suffix != ".gguf"
    hint = f" Did you mean hf:{path.as_posix()}?" if looks_like_repo else ""
    return f"No model file at {path}.{hint}"
