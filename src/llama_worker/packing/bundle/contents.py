"""Models and an engine of one's own, copied into the folder."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from ...errors import InvalidOptionsError
from ...models.gguf.inspect import read_header, read_model
from ...models.names import ModelName
from ...models.pinning.digests import locked_file
from ...models.pinning.lock_file import LockedEngine, LockedFile, LockedModel
from ...models.pinning.models import locked_model
from ...models.store.files import ModelFiles

_LIBRARY = re.compile(r"\.(so(\.\d+)*|dylib|dll)$", re.IGNORECASE)
# Backends are looked for in the folder when the engine starts; no file names them, and they have no version.
_BACKEND = re.compile(r"(lib)?ggml-.*\.(so|dylib|dll)$")


def add_model(name: ModelName, files: ModelFiles, folder: Path) -> LockedModel:
    """Copy a model to `models/` of the folder. Raises `InvalidOptionsError` for a second file of one name."""
    header = read_model(files.parts)
    if files.mmproj:
        read_header(files.mmproj)

    def copied(path: Path) -> LockedFile:
        return locked_file(_copy(path, folder / "models" / path.name), folder)

    return locked_model(name, files, header, copied)


def add_engine(program: Path, folder: Path) -> LockedEngine:
    """Copy a llama-server to `engine/` of the folder, with those libraries beside it that it needs."""
    copies = {path.name: _copy(path, folder / "engine" / path.name) for path in (program, *_libraries(program))}
    files = [locked_file(path, folder) for path in copies.values()]
    return LockedEngine(program=files[0].path, files=tuple(files))


def _copy(path: Path, to: Path) -> Path:
    to.parent.mkdir(exist_ok=True)
    if to.exists():
        raise InvalidOptionsError(f"Two of the bundle's files are called {to.name}: rename one.", path="model")
    return Path(shutil.copy(path, to))


def _libraries(program: Path) -> Iterator[Path]:
    """The libraries beside a program that it names, or that one of these names, and the backends."""
    beside = {path.name: path for path in program.resolve().parent.iterdir() if _LIBRARY.search(path.name)}
    backends = (path for name, path in beside.items() if _BACKEND.match(name) and not path.is_symlink())
    wanted = [program, *backends]
    seen: set[Path] = set()
    while wanted:
        if (path := wanted.pop()) not in seen:
            seen.add(path)
            content = path.read_bytes()
            wanted += [other for name, other in beside.items() if name.encode() + b"\0" in content]
    yield from sorted(seen - {program})
