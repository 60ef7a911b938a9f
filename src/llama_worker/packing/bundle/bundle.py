"""Makes a bundle: collected in a folder beside, which gets its name when it is whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from sysconfig import get_platform

from msgspec import Struct
from packaging.requirements import Requirement

from ..._version import __version__
from ...errors import InvalidOptionsError
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
from .instructions import write_instructions
from .sources import Sources
from .target import Target
from .wheels import collect

PACKAGE = "llama-worker"


class Recipe(Struct, frozen=True):
    """What a bundle is made of: models that are here, extras of ours, and an executable llama-server if any."""

    models: tuple[tuple[ModelName, ModelFiles], ...] = ()
    extras: tuple[str, ...] = ()
    engine: Path | None = None
    target: Target = Target()
    sources: Sources = Sources()


def make_bundle(folder: Path, recipe: Recipe, report: Callable[[str], None] = lambda _: None) -> Lock:
    """Make it in `folder`, which must not be there yet or be empty; `report` is told what is at hand.

    Raises `InvalidOptionsError` or `DownloadError`, after which there is no such folder.
    """
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
        write_instructions(beside, lock)
        return lock


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidOptionsError(f"{folder} is there already, and not empty: name a new folder.", path="folder")
    beside = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        yield beside
        if folder.exists():
            folder.rmdir()
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


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
