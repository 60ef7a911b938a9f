"""Where changed model files are written."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from ...errors import FileWorkError, InvalidOptionsError
from ...models.store.files import builtin_path
from ...options.plain import given_path

Target = str | os.PathLike[str]
_REPOSITORY = "models--"  # what folders of repositories begin with, in every cache


def given_file(path: Target, option: str = "target") -> Path:
    """The place of a file that somebody named. Raises InvalidOptionsError."""
    if os.fsdecode(path).endswith(("/", os.sep)):
        raise InvalidOptionsError(f"The {option} is a folder: name a file.", path=option)
    return given_path(path, option)


def own_place(path: Path) -> Path:
    """The place of a file that may be changed, to which a link leads.

    Raises InvalidOptionsError for one that has to stay what it is.
    """
    if path == builtin_path():
        raise InvalidOptionsError("The built-in model is part of the package: name a target.", path="target")
    if any(part.startswith(_REPOSITORY) for place in (path.absolute(), path.resolve()) for part in place.parts):
        message = f"{path.name} is in the cache, where files are what their digests say: name a target elsewhere."
        raise InvalidOptionsError(message, path="target")
    return path.resolve() if path.is_symlink() else path.absolute()


def ensure_apart(paths: Iterable[Path], sources: Iterable[Path]) -> None:
    """Raises InvalidOptionsError when one of them is a file that they are made of."""
    read = {source.resolve() for source in sources}
    for path in paths:
        if path.resolve() in read:
            message = f"{path} is one of the files that it would be made of: name another target."
            raise InvalidOptionsError(message, path="target")


def ensure_new(paths: Iterable[Path]) -> None:
    """Raises FileWorkError when one of them is there already."""
    for path in paths:
        if path.exists():
            raise FileWorkError(
                f"{path} is there already: name another file, or allow to overwrite it.", reason="exists"
            )
