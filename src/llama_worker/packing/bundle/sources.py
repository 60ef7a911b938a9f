"""Where wheels come from: the index, a file, a build of a checkout, or this environment."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from msgspec import Struct
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ...errors import DownloadError
from .rebuilding import rebuild_wheel
from .target import Target
from .wheel_file import WheelFile, read_wheel

_LAST_LINES = 3


class Sources(Struct, frozen=True):
    """`given` are wheels of one's own, which go first. `offline`: no index is asked."""

    given: tuple[Path, ...] = ()
    offline: bool = False

    def fetch(self, wanted: Sequence[Requirement], folder: Path, target: Target) -> Iterator[tuple[WheelFile, str]]:
        """The wheels with their origin, copied to `folder`; raises `DownloadError`."""
        own = {wheel.name: wheel for wheel in map(read_wheel, self.given)}
        rest: list[Requirement] = []
        for each in wanted:
            name = canonicalize_name(each.name)
            if name in own:
                yield read_wheel(Path(shutil.copy(own[name].path, folder))), "file"
            elif checkout := _checkout(each.name):
                yield _build(each.name, checkout, folder), "source"
            else:
                rest.append(each)
        yield from self._published(rest, folder, target) if rest else ()

    def _published(self, wanted: list[Requirement], folder: Path, target: Target) -> Iterator[tuple[WheelFile, str]]:
        refused = "no index is asked" if self.offline else _why_not(wanted, folder, target)
        if not refused:
            for each in wanted:
                yield _newest(each, folder), "index"
        elif target.is_here:
            for each in wanted:
                yield read_wheel(_rebuilt(each, folder, refused)), "environment"
        else:
            names, where = ", ".join(map(str, wanted)), " ".join((target.python, *target.platforms))
            only = ", and what is installed here is for here only: leave out --offline." if self.offline else ""
            raise DownloadError(f"Wheels of {names} for {where}: {refused}{only}")


def _why_not(wanted: list[Requirement], folder: Path, target: Target) -> str:
    """Have pip download them; why that failed, or ""."""
    if find_spec("pip") is None:
        return "this environment has no pip"
    options = ["--no-deps", "--only-binary", ":all:", "--disable-pip-version-check", "--dest", str(folder)]
    command = [sys.executable, "-m", "pip", "download", "--quiet", *options, *target.pip_options(), *map(str, wanted)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or ["pip failed"]
    return " ".join(lines[-_LAST_LINES:]) if done.returncode else ""


def _newest(requirement: Requirement, folder: Path) -> WheelFile:
    """The one that pip has just put there."""
    name = canonicalize_name(requirement.name)
    return next(wheel for path in sorted(folder.glob("*.whl")) if (wheel := read_wheel(path)).name == name)


def _rebuilt(requirement: Requirement, folder: Path, refused: str) -> Path:
    try:
        return rebuild_wheel(distribution(requirement.name), folder)
    except PackageNotFoundError as error:
        raise DownloadError(f"{requirement} is not installed, and {refused}.") from error


def _checkout(name: str) -> Path | None:
    """The folder that a package is installed from in such a way that changes there count at once."""
    try:
        told = json.loads(distribution(name).read_text("direct_url.json") or "{}")
    except PackageNotFoundError:
        return None
    editable = told.get("dir_info", {}).get("editable", False)
    return Path(url2pathname(urlsplit(told["url"]).path)) if editable else None


def _build(name: str, checkout: Path, folder: Path) -> WheelFile:
    with tempfile.TemporaryDirectory() as built:
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", built, str(checkout)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            last = " ".join(done.stderr.splitlines()[-_LAST_LINES:])
            raise DownloadError(f"{name} is installed from {checkout}, of which no wheel could be built: {last}")
        return read_wheel(Path(shutil.move(next(Path(built).glob("*.whl")), folder)))
