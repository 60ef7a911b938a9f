"""Short names of models: `aliases.toml` in the user's folder for configurations, a line `name = "model"` for each."""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError, InvalidOptionsError
from .folders import config_folder

_FILE = "aliases.toml"
_LARGEST_FILE = 1 << 20
_NAME = re.compile(r"[A-Za-z0-9_](?:[\w.-]{0,62}[\w-])?", re.ASCII)
_RESERVED = frozenset({"builtin", "con", "prn", "aux", "nul"})


def aliases_file() -> Path:
    """Where they stand, whether the file is there or not."""
    return config_folder() / _FILE


def is_alias(text: str) -> bool:
    """Whether `text` could be a short name: a word that is neither a path nor the name of a model."""
    return bool(_NAME.fullmatch(text)) and text.lower() not in _RESERVED and not text.lower().endswith(".gguf")


def read_aliases() -> dict[str, str]:
    """Models by their short names. Raises `ConfigurationError` for a file that cannot be read."""
    return _read(aliases_file(), _text(aliases_file()))


def set_alias(name: str, model: str) -> None:
    """Let `name` mean `model`, whatever it meant before; what else is in the file stays as it is.

    Raises `InvalidOptionsError` for what cannot be a short name, `ConfigurationError` for a file that cannot be read,
    and OSError for one that cannot be written.
    """
    if name.lower() in _RESERVED:
        raise InvalidOptionsError(f"{name!r} cannot be a short name: it means something already.", path="name")
    if not is_alias(name):
        raise InvalidOptionsError(
            f"{name!r} cannot be a short name: take up to 64 letters, digits, '-', '_' and '.', and no ending .gguf.",
            path="name",
        )
    _change(name, read_aliases() | {name: model}, f"{_key(name)} = {json.dumps(model)}\n")


def remove_alias(name: str) -> str:
    """Forget a short name; gives what it meant. Raises as `set_alias`, and for a name that is not there."""
    aliases = read_aliases()
    if name not in aliases:
        raise InvalidOptionsError(f"There is no short name {name!r}.", path="name")
    model = aliases.pop(name)
    _change(name, aliases, "")
    return model


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            data = opened.read(_LARGEST_FILE + 1)
        if len(data) > _LARGEST_FILE:
            raise ConfigurationError(f"{file} is larger than {_LARGEST_FILE} bytes.", file=str(file))
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file} is no UTF-8 text.", file=str(file)) from error
    except OSError as error:
        raise ConfigurationError(f"Cannot read {str(file)!r}: {error.strerror}.", file=str(file)) from error


def _read(file: Path, text: str) -> dict[str, str]:
    try:
        read = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{file}: this is no TOML: {error}.", file=str(file)) from error
    for name, model in read.items():
        if not is_alias(name) or not isinstance(model, str) or not model.strip():
            raise ConfigurationError(f'{file}: {name!r} must be a line such as: small = "hf:org/repo".', file=str(file))
    return read


def _change(name: str, wanted: Mapping[str, str], line: str) -> None:
    """Leave out the line of `name` and put `line` at the end; a file in which that is not enough is for its owner."""
    file = aliases_file()
    kept = "".join(each for each in _text(file).splitlines(keepends=True) if name not in _of_text(each))
    text = kept + ("\n" if kept and not kept.endswith("\n") else "") + line
    if _of_text(text) != wanted:
        raise ConfigurationError(f'{file} has more than lines `name = "model"`: change it by hand.', file=str(file))
    _write(file, text)


def _of_text(text: str) -> dict[str, Any]:
    with suppress(ValueError):
        return tomllib.loads(text)
    return {}


def _key(name: str) -> str:
    return json.dumps(name) if "." in name else name


def _write(file: Path, text: str) -> None:
    """Whole, or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
        Path(temporary).replace(os.path.realpath(file))
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
