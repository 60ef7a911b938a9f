"""What a wheel says of itself."""

from __future__ import annotations

import zipfile
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

from msgspec import Struct
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ...errors import IntegrityError

_LONGEST_LICENSE = 60


class WheelFile(Struct, frozen=True):
    """A wheel in a folder, and its metadata."""

    path: Path
    metadata: Message

    @property
    def name(self) -> str:
        """As indexes compare it."""
        return canonicalize_name(self.metadata["Name"])

    @property
    def version(self) -> str:
        return str(self.metadata["Version"])

    @property
    def license(self) -> str:
        """An expression where it has one, else what it or its classifiers say in a few words, else ""."""
        short = [text for text in (self.metadata["License"] or "",) if len(text) <= _LONGEST_LICENSE]
        named = [each.rpartition(" :: ")[2] for each in self.metadata.get_all("Classifier", []) if "License ::" in each]
        return next(filter(None, (self.metadata["License-Expression"], *short, *named)), "")

    def requirements(self) -> list[Requirement]:
        return [Requirement(text) for text in self.metadata.get_all("Requires-Dist", [])]


def read_wheel(path: Path) -> WheelFile:
    """Raises `IntegrityError` when it is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            (name,) = [each for each in archive.namelist() if each.endswith(".dist-info/METADATA")]
            return WheelFile(path, HeaderParser().parsestr(archive.read(name).decode()))
    except (zipfile.BadZipFile, ValueError, FileNotFoundError) as error:
        raise IntegrityError(f"{path.name} is no wheel: {error}.") from error
