"""Models of the store as a lock knows them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from ..gguf.header import GgufHeader
from ..names import HubName, ModelName
from ..store.files import ModelFiles
from .lock_file import LockedFile, LockedModel

_SNAPSHOT = re.compile(r"snapshots/([0-9a-f]{40})/(.+)$")


def locked_model(
    name: ModelName, files: ModelFiles, header: GgufHeader, locked: Callable[[Path], LockedFile]
) -> LockedModel:
    """What is pinned of a model; `locked` says how each of its files is known."""
    pinned = _pinned(name, files.path)
    entries = {path: locked(path) for path in files.all}
    return LockedModel(
        name=str(name),
        source=str(pinned),
        revision=pinned.revision if isinstance(pinned, HubName) else "",
        license=_license(header),
        architecture=header.architecture,
        quantization=header.quantization or "",
        files=tuple(entries.values()),
        projector=entries[files.mmproj].path if files.mmproj else "",
    )


def _pinned(name: ModelName, path: Path) -> ModelName:
    """A name of the hub with the file and the commit that it led to."""
    found = _SNAPSHOT.search(path.as_posix())
    if isinstance(name, HubName) and found:
        return HubName(name.repo, file=found[2], revision=found[1])
    return name


def _license(header: GgufHeader) -> str:
    told = [header.metadata.get(key) for key in ("general.license", "general.license.name", "general.license.link")]
    return next((text for text in told if isinstance(text, str) and text), "")
