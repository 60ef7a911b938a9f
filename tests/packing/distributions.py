"""The source distribution and the wheel, built as they are for the index."""

from __future__ import annotations

import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import NamedTuple

from tests.packing.environment import program, run


class Distributions(NamedTuple):
    sdist: Path
    wheel: Path

    def source_files(self) -> set[str]:
        """What the source distribution holds, from its root."""
        with tarfile.open(self.sdist) as archive:
            return {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}

    def metadata(self) -> Message:
        """What the index is told."""
        with zipfile.ZipFile(self.wheel) as archive:
            (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            return Parser().parsestr(archive.read(name).decode())


def build(source: Path, folder: Path) -> Distributions:
    """Both; the wheel is made of the source distribution."""
    run(program("tools", "python"), "-m", "build", "--no-isolation", "--outdir", folder, source)
    return found_in(folder)


def found_in(folder: Path) -> Distributions:
    """Those in a folder."""
    return Distributions(next(folder.glob("*.tar.gz")), next(folder.glob("*.whl")))


def contents(wheel: Path) -> dict[str, int]:
    """The files of a wheel with their check sums, but for its list of them."""
    with zipfile.ZipFile(wheel) as archive:
        return {each.filename: each.CRC for each in archive.infolist() if not each.filename.endswith("RECORD")}
