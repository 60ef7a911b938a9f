"""Where the signature of a model file lies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

NAME = "model.sig"
SUFFIX = ".sig"


def signature_of(path: Path) -> tuple[Path, str] | None:
    """The signature that is the nearest to a file, and what it calls that file; None when there is none.

    It is `FILE.sig`, or `model.sig` in the file's folder; in a snapshot of a repository also in those above it.
    """
    path = path.absolute()
    root = _root(path)
    within = PurePosixPath(path.relative_to(root).as_posix())
    for place, folder in _places(within):
        if (root / place).is_file():
            return root / place, "." if folder is None else within.relative_to(folder).as_posix()
    return None


def signatures_among(paths: Iterable[str], signed: Iterable[str]) -> list[str]:
    """Those of a repository's files that may be signatures of some of its files."""
    wanted = {str(place) for path in signed for place, _ in _places(PurePosixPath(path))}
    return [path for path in paths if path in wanted]


def _places(path: PurePosixPath) -> Iterator[tuple[PurePosixPath, PurePosixPath | None]]:
    """Where to look, with the folder that was signed; None: the file alone."""
    yield path.with_name(path.name + SUFFIX), None
    for folder in path.parents:
        yield folder / NAME, folder


def _root(path: Path) -> Path:
    """The snapshot that the file is in, else its folder."""
    inside = (parent for parent in path.parents if parent.parent.name == "snapshots")
    return next(inside, path.parent)
