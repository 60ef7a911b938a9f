"""Where this user's files are: what they say, and what is kept for them from one run to the next."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_OWN = "llama-worker"


def config_folder() -> Path:
    """What the user writes: the configuration and short names. It need not exist."""
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    return base / _OWN


def state_folder() -> Path:
    """What the command line keeps: typed lines, saved chats, which servers run and their logs. It need not exist."""
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state")
    return base / _OWN
