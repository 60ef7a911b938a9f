"""Where this user's files are: what they say, and what is kept for them from one run to the next."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_ROAMING, _LOCAL = ("APPDATA", "Roaming"), ("LOCALAPPDATA", "Local")


def config_folder() -> Path:
    """What the user writes: the configuration and short names. It need not exist."""
    return _own_folder("XDG_CONFIG_HOME", ".config", _ROAMING)


def state_folder() -> Path:
    """What is kept for the next run: typed lines, saved chats, which servers run and their logs, when models were
    used. It need not exist."""
    return _own_folder("XDG_STATE_HOME", ".local/state", _LOCAL)


def data_folder() -> Path:
    """What users would miss: the conversations of the page. It need not exist."""
    return _own_folder("XDG_DATA_HOME", ".local/share", _LOCAL)


def _own_folder(variable: str, usual: str, windows: tuple[str, str]) -> Path:
    """Below the folder that `variable` names, else `usual` in the home folder; where the system has other places for
    such things, there. `windows`: the variable, and the folder's name in AppData."""
    home = Path.home()
    if sys.platform == "win32":
        named, folder = windows
        base = Path(os.environ.get(named) or home / "AppData" / folder)
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get(variable) or home / usual)
    return base / "llama-worker"
