"""MODEL as commands take it: with short names, and with completion in the shell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from ..config.aliases import is_alias, read_aliases
from ..errors import LlamaWorkerError, ModelNotFoundError
from ..errors.nearest import nearest


class ModelType(click.ParamType[str]):
    """A model's name; a short one becomes what it stands for. Completes names of models that are here, and files."""

    name = "model"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return meant(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        found = [CompletionItem(name) for name in self.names() if name.startswith(incomplete)]
        return found or [CompletionItem(incomplete, type="file")]

    def names(self) -> Iterator[str]:
        from .stores.configured import model_store

        with suppress(LlamaWorkerError):
            yield from read_aliases()
        yield from (entry.name for entry in model_store().list())


class ConfiguredModelType(ModelType):
    """The same where the configuration's names go first: the command asks for what is `meant` itself."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return value

    def names(self) -> Iterator[str]:
        from ..config.paths import user_file
        from ..config.reading import load_config

        with suppress(LlamaWorkerError):
            yield from load_config(user_file()).models
        yield from super().names()


MODEL = ModelType()
CONFIGURED_MODEL = ConfiguredModelType()


def meant(name: str) -> str:
    """What a short name stands for; any other name as it is. Raises `ModelNotFoundError` for a short name that is
    misspelt, and `ConfigurationError` for a file of them that cannot be read."""
    if not is_alias(name):
        return name
    aliases = read_aliases()
    if name in aliases:
        return aliases[name]
    near = None if Path(name).exists() else nearest(name, aliases)
    if near:
        raise ModelNotFoundError(f"There is no model {name!r} (did you mean `{near}`?).")
    return name
