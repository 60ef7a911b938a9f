"""Paths that are said in a configuration, and where its file is looked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..options.plain import expanded
from .folders import config_folder

NAME = "llama-worker.toml"
# Options that are always paths, and those that may be something else, such as a name.
PATHS = frozenset(
    {
        *("journal", "state_cache", "api_key_file", "data", "log", "model_lock", "model_stores"),
        *("signature_key", "signature_trust_config"),
    }
)
MAYBE_PATHS = frozenset({"model", "engine", "projector", "chat_template", "draft_model", "loras"})
_OTHERWISE = frozenset({":memory:", "auto", "builtin", "off"})


def user_file() -> Path:
    """Where the command line looks for this user's configuration, whether it is there or not."""
    return config_folder() / NAME


def absolute(option: str, value: Any, folder: Path) -> Any:
    """The value of an option, with paths in it as they are meant from `folder`. Raises `OSError` for a path in the
    home directory of nobody."""
    if option not in PATHS | MAYBE_PATHS:
        return value
    if isinstance(value, dict):
        return {name: absolute(option, item, folder) for name, item in value.items()}
    if isinstance(value, list):
        return [absolute(option, item, folder) for item in value]
    return _absolute(option, value, folder) if isinstance(value, str) and value not in _OTHERWISE else value


def _absolute(option: str, text: str, folder: Path) -> str:
    """What may be something else is a path when it begins or ends like one, or when there is such a file."""
    if "\0" in text or "\n" in text:
        return text
    path = expanded(text)
    looks = text.startswith(("./", "../", "~")) or (path.suffix == ".gguf" and ":" not in text)
    if option in PATHS or looks or _is_file(folder / path):
        return str(folder / path)
    return text


def _is_file(path: Path) -> bool:
    """A text that is none, such as a chat template, may be longer than any name of a file."""
    try:
        return path.is_file()
    except OSError:
        return False
