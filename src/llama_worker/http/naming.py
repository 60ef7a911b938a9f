"""The names by which requests ask for models."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..config.named_model import NamedModel
from ..errors import InvalidOptionsError, ModelNotFoundError
from ..models.names import BuiltinName, FileName, HubName, ModelName, UrlName, check_file_path, parse_model_name
from ..models.store.store import ModelStore
from ..options import PromptOptions
from ..worker.model import Model

_NOTHING_SAID = PromptOptions()


class Naming:
    """Which model a name means. `own` are the names that whoever runs the server gave: only through these does a
    request reach a file by its path."""

    def __init__(self, own: Mapping[str, NamedModel], store: ModelStore) -> None:
        self.own = dict(own)
        self._store = store

    def find(self, name: str, models: Sequence[Model]) -> Model | None:
        """The loaded model of that name, the one loaded last if there are several."""
        if name in self.own:
            wanted = self.own[name].model
            return next((model for model in reversed(models) if wanted in (model.name, str(model.path))), None)
        listed = _listed(name)
        return next((model for model in reversed(models) if listed in _public(model)), None)

    def all_of(self, model: Model) -> list[str]:
        """What a loaded model is called here, its first name first."""
        own = [name for name, named in self.own.items() if named.model in (model.name, str(model.path))]
        return own or [model.public_name]

    def defaults(self, name: str | None, model: Model) -> PromptOptions:
        """How answers of the model are generated where a request that calls it `name` does not say it."""
        named = self.own.get(name or "") or self.own.get(self.all_of(model)[0])
        return named.prompt if named else _NOTHING_SAID

    async def target(self, name: str) -> NamedModel:
        """What a worker is asked to load: never a path that a request named, and never something that is fetched for
        it. Raises `ModelNotFoundError`."""
        if found := self.own.get(name) or await asyncio.to_thread(self._stored, name):
            return found
        known = ", ".join(self.own) or "builtin"
        raise ModelNotFoundError(
            f"There is no model {name!r} here: ask for {known}, or for one that the list of models has."
        )

    def _stored(self, name: str) -> NamedModel | None:
        found = self.stored(name)
        return NamedModel(model=str(found)) if found else None

    def stored(self, name: str) -> ModelName | None:
        """Where in the store a model of that name is, or would be; None for what only a path could mean. Reads the
        disk."""
        if plain := self._plain_file(_listed(name)):
            return FileName(plain)
        try:
            parsed = parse_model_name(name if ":" in name or "/" not in name else f"hf:{name}")
        except InvalidOptionsError:
            return None
        return parsed if isinstance(parsed, BuiltinName | HubName) else None

    def _plain_file(self, name: str) -> Path | None:
        try:
            path = self._store.plain_folder.absolute() / check_file_path(name)
        except InvalidOptionsError:
            return None
        return path if path.suffix.lower() == ".gguf" and path.is_file() else None


def _listed(name: str) -> str:
    """The name by which a list shows what was downloaded from an address."""
    try:
        parsed = parse_model_name(name) if "://" in name else None
    except InvalidOptionsError:
        return name
    return parsed.local_path if isinstance(parsed, UrlName) else name


def _public(model: Model) -> tuple[str, str]:
    """`org/repo` without its prefix means the same model."""
    return model.public_name, model.public_name.removeprefix("hf:")
