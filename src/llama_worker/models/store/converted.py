"""Models that were made here of repositories without a GGUF file: found by the repository's name."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from ..names import DEFAULT_REVISION, HubName
from .choose import choose_model

_FOLDER = "converted"


def converted_path(plain_folder: Path, name: HubName, quantization: str | None) -> Path:
    """Where the model of that repository is written, in the folder for plain files."""
    short = name.repo.rpartition("/")[2]
    return _folder(plain_folder, name) / (f"{short}-{quantization}.gguf" if quantization else f"{short}.gguf")


def find_converted(plain_folder: Path, name: HubName) -> Path | None:
    """One that was made before, of the quantization that the name says, or the best there is."""
    folder = _folder(plain_folder, name)
    if name.file is not None or not folder.is_dir():
        return None
    chosen = choose_model(sorted(path.name for path in folder.glob("*.gguf")), name.quantization)
    return folder / chosen if chosen else None


def _folder(plain_folder: Path, name: HubName) -> Path:
    folder = plain_folder / _FOLDER / name.site / name.repo
    return (
        folder if name.revision == DEFAULT_REVISION else folder.with_name(f"{folder.name}@{quote(name.revision, '')}")
    )
