"""Conversations that were saved under a name, in the state folder."""

from __future__ import annotations

import os
from pathlib import Path

from ...config.folders import state_folder
from ...options.plain import expanded

_ENDING = ".llama"


def saved_folder() -> Path:
    """Where they are; it need not exist."""
    return state_folder() / "chats"


def place_of(name: str) -> Path:
    """A path where it is one, with a folder or an ending in it; else the file of that name among the saved ones."""
    path = expanded(name)
    return path if path.suffix or path.name != name or os.sep in name else saved_folder() / (name + _ENDING)


def saved_names() -> list[str]:
    """The newest first."""
    try:
        files = [file for file in saved_folder().iterdir() if file.suffix == _ENDING]
        return [file.stem for file in sorted(files, key=lambda file: -file.stat().st_mtime)]
    except OSError:
        return []
