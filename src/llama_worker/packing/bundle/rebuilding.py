"""A wheel made anew of a package that is installed, for when no index can be asked."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path, PurePosixPath

from ...errors import DownloadError

# What an installer adds, or makes anew.
_OF_THE_INSTALLER = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json")
_FIRST_DATE = (1980, 1, 1, 0, 0, 0)


def rebuild_wheel(distribution: Distribution, folder: Path) -> Path:
    """Raises `DownloadError` when it is not there as files: installed from a checkout, or by the system."""
    name, version = distribution.metadata["Name"], distribution.version
    stem = f"{name.replace('-', '_').replace('.', '_')}-{version}"
    path = folder / f"{stem}-{_tag(distribution)}.whl"
    contents = dict(_contents(distribution))
    if not any(each.endswith((".py", ".so", ".pyd")) for each in contents):
        raise DownloadError(f"{name} {version} is not installed as files of which a wheel could be made.")
    record = next(each for each in contents if each.endswith(".dist-info/METADATA")).replace("METADATA", "RECORD")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, source in contents.items():
            info = zipfile.ZipInfo(each, _FIRST_DATE)
            info.external_attr = (source.stat().st_mode & 0o777 | 0o100000) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, source.read_bytes())
        archive.writestr(zipfile.ZipInfo(record, _FIRST_DATE), _record(contents, record))
    return path


def _contents(distribution: Distribution) -> Iterator[tuple[str, Path]]:
    """The files by their place in the wheel. Commands are not among them, as they are made of entry points."""
    for file in distribution.files or ():
        parts = PurePosixPath(file.as_posix()).parts
        source = Path(str(distribution.locate_file(file)))
        if "__pycache__" in parts or parts[0] == ".." or parts[-1] in _OF_THE_INSTALLER or not source.is_file():
            continue
        yield "/".join(parts), source


def _tag(distribution: Distribution) -> str:
    """Of the tags in its file WHEEL the first, as a name of one tag alone is allowed too."""
    lines = (distribution.read_text("WHEEL") or "").splitlines()
    tags = [line.removeprefix("Tag: ").strip() for line in lines if line.startswith("Tag: ")]
    return _compressed(tags) if tags else "py3-none-any"


def _compressed(tags: list[str]) -> str:
    """Several tags as one: each part lists what occurs there."""
    columns = zip(*(tag.split("-") for tag in tags), strict=True)
    return "-".join(".".join(dict.fromkeys(column)) for column in columns)


def _record(contents: dict[str, Path], record: str) -> str:
    lines = [f"{each},sha256={_digest(source)},{source.stat().st_size}" for each, source in contents.items()]
    return "\n".join([*lines, f"{record},,", ""])


def _digest(path: Path) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest()).rstrip(b"=").decode()
