"""A repository on this machine: its folder, and the JSON files that are read of it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from ....errors import InvalidModelError, ModelNotFoundError

_LARGEST_JSON_BYTES = 256 * 1024 * 1024
"""Tokenizers of a quarter of a million tokens take some 35 MB."""


class RepositoryFiles:
    """A folder. `name` is what it is called in messages, and in the GGUF file when its card says nothing better.

    Raises `ModelNotFoundError` when there is no such folder.
    """

    def __init__(self, folder: Path, name: str | None = None) -> None:
        self.folder = folder
        self.name = name or folder.resolve().name or str(folder)
        if not folder.is_dir():
            raise ModelNotFoundError(f"There is no folder {folder}; convert takes the folder of a model repository.")

    def has(self, name: str) -> bool:
        return (self.folder / name).is_file()

    def json(self, name: str) -> dict[str, Any] | None:
        """An object of a JSON file; None when there is no such file. Raises `InvalidModelError`."""
        found = self._read_json(name)
        if found is not None and not isinstance(found, dict):
            raise InvalidModelError(f"{name} of {self.name} is not the object that it must be.")
        return found

    def list(self, name: str) -> list[Any]:
        """The list of a JSON file; empty when there is none."""
        found = self._read_json(name)
        return found if isinstance(found, list) else []

    def text(self, name: str) -> str:
        """A text file; empty when there is none."""
        path = self.folder / name
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""

    def _read_json(self, name: str) -> Any:
        path = self.folder / name
        if not path.is_file():
            return None
        if path.stat().st_size > _LARGEST_JSON_BYTES:
            raise InvalidModelError(f"{name} of {self.name} is larger than any such file.")
        try:
            return msgspec.json.decode(path.read_bytes())
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise InvalidModelError(f"{name} of {self.name} does not read as JSON: {error}.") from None

    @cached_property
    def config(self) -> dict[str, Any]:
        """config.json as it stands."""
        return self.json("config.json") or {}


class Repository(RepositoryFiles):
    """A folder with a `config.json`. Raises `InvalidModelError` when it has none, and as its base class."""

    def __init__(self, folder: Path, name: str | None = None) -> None:
        super().__init__(folder, name)
        if not self.has("config.json"):
            raise InvalidModelError(f"{self.name} has no config.json, so it is no repository of a model.")

    @cached_property
    def architecture(self) -> str:
        """The class of the text model that the weights are of. Raises `InvalidModelError` when it is not told."""
        text = self.config.get("text_config")
        inner = text.get("architectures") if isinstance(text, dict) else None
        names = inner or self.config.get("architectures")
        if not isinstance(names, list) or not names or not isinstance(names[0], str):
            raise InvalidModelError(f"config.json of {self.name} does not say which architecture it is of.")
        return names[0]
