"""Collects the wheels of a package and of all that it needs: the versions of this environment, for any target.

pip alone would not do: for another platform it judges the conditions of requirements by this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from msgspec import Struct
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ...errors import DownloadError
from .sources import Sources
from .target import Target
from .wheel_file import WheelFile


class Collected(Struct, frozen=True):
    """A wheel, and where it is from (`LockedPackage.origin`)."""

    wheel: WheelFile
    origin: str


def collect(
    first: Requirement, folder: Path, target: Target, sources: Sources, report: Callable[[str], None]
) -> list[Collected]:
    """The wheels of `first` and of everything that it needs, in `folder`, by name.

    Raises `DownloadError` when one cannot be had, naming it.
    """
    found: dict[str, Collected] = {}
    asked: dict[str, set[str]] = {}
    wanted = [first]
    while wanted:
        missing = _pinned(wanted, found)
        if missing:
            report(f"{len(missing)} packages: {', '.join(sorted(missing))}")
            fetched = sources.fetch(list(missing.values()), folder, target)
            found |= {each.name: Collected(each, origin) for each, origin in fetched}
        wanted = [more for each in wanted for more in _needs(each, found, asked, target)]
    return [found[name] for name in sorted(found)]


def _pinned(wanted: Iterable[Requirement], found: dict[str, Collected]) -> dict[str, Requirement]:
    """Those that are not there yet, each in the version of this environment where it has one."""
    missing = {canonicalize_name(each.name): each for each in wanted}
    return {name: _as_here(each) for name, each in missing.items() if name not in found}


def _as_here(requirement: Requirement) -> Requirement:
    try:
        here = version(requirement.name)
    except PackageNotFoundError:
        return Requirement(f"{requirement.name}{requirement.specifier}")
    if here not in requirement.specifier:
        raise DownloadError(f"{requirement.name} {here} is installed, and {requirement} is needed.")
    return Requirement(f"{requirement.name}=={here}")


def _needs(
    requirement: Requirement, found: dict[str, Collected], asked: dict[str, set[str]], target: Target
) -> Iterator[Requirement]:
    """What a package with these extras needs, unless it was asked for before."""
    name = canonicalize_name(requirement.name)
    new = {"", *requirement.extras} - asked.setdefault(name, set())
    asked[name] |= new
    for each in found[name].wheel.requirements():
        if any(each.marker is None or each.marker.evaluate({**target.markers(), "extra": extra}) for extra in new):
            yield each
