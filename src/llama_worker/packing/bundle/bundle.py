"""Makes a bundle: collected in another folder, and moved to its place when it is whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import metadata
from pathlib import Path
from sysconfig import get_platform

from msgspec import Struct
from packaging.requirements import Requirement

from ..._version import __version__
from ...errors import InvalidOptionsError
from ...errors.nearest import did_you_mean
from ...models.names import ModelName
from ...models.pinning.digests import locked_file
from ...models.pinning.lock_file import (
    LOCK_NAME,
    LOCK_VERSION,
    Lock,
    LockedModel,
    LockedPackage,
    LockedTarget,
    write_lock,
)
from ...models.store.files import ModelFiles
from .contents import add_engine, add_model
from .instructions import instructions
from .sources import Sources
from .target import Target
from .wheels import collect

PACKAGE = "llama-worker"
_UNFINISHED = ".unfinished"
_MARK = ".llama-worker-bundle"


class Recipe(Struct, frozen=True):
    """What a bundle is made of: models that are here, extras of ours, and an executable llama-server if any."""

    models: tuple[tuple[ModelName, ModelFiles], ...] = ()
    extras: tuple[str, ...] = ()
    engine: Path | None = None
    target: Target = Target()
    sources: Sources = Sources()


def make_bundle(folder: Path, recipe: Recipe, report: Callable[[str], None] = lambda _: None) -> Lock:
    """Make it in `folder`, which must not be there yet or be empty; `report` is told what is at hand.

    Raises `InvalidOptionsError` or `DownloadError`, after which nothing of it is left.
    """
    check_request(folder, recipe.extras)
    with _unfinished(folder) as beside:
        lock = Lock(
            lock_version=LOCK_VERSION,
            made_by=f"{PACKAGE} {__version__}",
            target=LockedTarget(python=recipe.target.python, platforms=recipe.target.platforms or (get_platform(),)),
            packages=tuple(_packages(beside, recipe, report)),
            models=tuple(_models(beside, recipe.models, report)),
            engine=add_engine(recipe.engine, beside) if recipe.engine else None,
        )
        write_lock(beside / LOCK_NAME, lock)
        for name, text in instructions(lock).items():
            (beside / name).write_text(text, encoding="utf-8", newline="\n")
        return lock


def check_request(folder: Path, extras: Iterable[str]) -> None:
    """Raises `InvalidOptionsError` for what can be known to be wrong before anything is fetched."""
    if folder.exists() and (not folder.is_dir() or any(each.name != _UNFINISHED for each in folder.iterdir())):
        raise InvalidOptionsError(f"{folder} is there already, and not empty: name a new folder.", path="folder")
    known = metadata(PACKAGE).get_all("Provides-Extra") or []
    for extra in extras:
        if extra not in known:
            raise InvalidOptionsError(f"{PACKAGE} has no extra {extra!r}{did_you_mean(extra, known)}.", path="extra")


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    inside = folder.is_dir()  # it may be a stick's, which nothing is moved to from beside it
    beside = folder / _UNFINISHED if inside else folder.with_name(f"{folder.name}{_UNFINISHED}")
    _begin(beside)
    try:
        yield beside
        if not inside:
            beside.rename(folder)
            (folder / _MARK).unlink()
            return
        (beside / _MARK).unlink()
        for each in sorted(beside.iterdir(), key=lambda path: path.name == LOCK_NAME):
            each.rename(folder / each.name)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _begin(beside: Path) -> None:
    """An empty folder with our mark in it; what a killed command has left of its own is removed, and nothing else."""
    if (beside / _MARK).is_file():
        shutil.rmtree(beside)
    try:
        beside.mkdir(parents=True)
    except FileExistsError as error:
        said = f"{beside} is in the way, and not of a bundle that was begun: remove it, or name another folder."
        raise InvalidOptionsError(said, path="folder") from error
    (beside / _MARK).touch()


def _packages(folder: Path, recipe: Recipe, report: Callable[[str], None]) -> Iterator[LockedPackage]:
    wheels = folder / "wheels"
    wheels.mkdir()
    extras = f"[{','.join(recipe.extras)}]" if recipe.extras else ""
    first = Requirement(f"{PACKAGE}{extras}=={__version__}")
    for each in collect(first, wheels, recipe.target, recipe.sources, report):
        yield LockedPackage(
            name=each.wheel.name,
            version=each.wheel.version,
            license=each.wheel.license,
            origin=each.origin,
            file=locked_file(each.wheel.path, folder),
        )


def _models(
    folder: Path, models: Iterable[tuple[ModelName, ModelFiles]], report: Callable[[str], None]
) -> Iterator[LockedModel]:
    for name, files in models:
        report(f"model {name}")
        yield add_model(name, files, folder)
