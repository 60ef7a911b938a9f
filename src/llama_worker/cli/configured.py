"""`--config FILE`: what the commands take from llama-worker.toml."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ..config.configuration import Configuration
from ..config.paths import NAME, user_file
from ..config.persona import Persona
from ..config.reading import load_config
from ..errors import InvalidOptionsError
from ..errors.nearest import did_you_mean
from .output.texts import say

Function = TypeVar("Function", bound=Callable[..., Any])


def config_option(function: Function) -> Function:
    """The option itself; the command gets `config_file`."""
    shown = f"Read FILE.  [default: {NAME} in your folder for configurations, if it is there]"
    kind = click.Path(path_type=Path, dir_okay=False)
    return click.option("--config", "config_file", metavar="FILE", type=kind, help=shown)(function)


def configuration(file: Path | None, *, quiet: bool = False) -> Configuration:
    """That of `file`, else the user's own, else an empty one; tells on standard error which file it is.

    A file in the working directory is not read unless it is named: a folder from somewhere else must not decide which
    programs run. Raises `ConfigurationError`.
    """
    found = file or user_file()
    if file is None and not found.is_file():
        return Configuration()
    config = load_config(found)
    if not quiet:
        say(f"Configuration: {config.path}", err=True)
    return config


def persona_of(config: Configuration, name: str | None) -> Persona:
    """The one of that name. Raises `InvalidOptionsError` when there is none."""
    if name is None:
        return Persona()
    if name not in config.personas:
        where = f"[personas.{name}] in {config.path or user_file()} makes it"
        hint = did_you_mean(name, config.personas)
        raise InvalidOptionsError(f"There is no persona {name!r}{hint}: {where}.", path="persona")
    return config.personas[name]
