"""Where changed model files are written."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from ...errors import FileWorkError, InvalidOptionsError
from ...models.store.files import builtin_path
from ...models.store.store import ModelStore
from ...options.plain import given_path

Target = str | os.PathLike[str]


def given_file(path: Target, option: str = "target") -> Path:
    """The place of a file that somebody named. Raises InvalidOptionsError."""
    if os.fsdecode(path).endswith(("/", os.sep)):
        raise InvalidOptionsError(f"The {option} is a folder: name a file.", path=option)
    return given_path(path, option)


def own_place(store: ModelStore, path: Path) -> Path:
    """The place of a file that may be changed. Raises InvalidOptionsError for one that has to stay what it is."""
    if path == builtin_path():
        raise InvalidOptionsError("The built-in model is part of the package: name a target.", path="target")
    if path.resolve().is_relative_to(store.root.resolve()):
        message = f"{path.name} is in the cache, where files are what their digests say: name a target elsewhere."
        raise InvalidOptionsError(message, path="target")
    return path.absolute()


def ensure_new(paths: Iterable[Path]) -> None:
    """Raises FileWorkError when one of them is there already."""
    for path in paths:
        if path.exists():
            raise FileWorkError(
                f"{path} is there already: name another file, or allow to overwrite it.", reason="exists"
            )
