"""`llama-worker alias`: short names of models."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec import Struct

from ....config.aliases import aliases_file, read_aliases, remove_alias, set_alias
from ....models.names import FileName, parse_model_name
from ...model_names import MODEL
from ...output.documents import print_json
from ...output.tables import print_table
from ...output.texts import say


class Alias(Struct):
    """What `--json` prints of each."""

    name: str
    model: str


@click.command()
@click.argument("name", required=False)
@click.argument("model", type=MODEL, required=False)
@click.option("--remove", metavar="NAME", help="Forget a short name.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def alias(name: str | None, model: str | None, remove: str | None, as_json: bool) -> int:
    """Let NAME mean MODEL wherever a command takes a model; without both, list the short names.

    They stand in aliases.toml in your folder for configurations, a line NAME = "MODEL" for each.
    """
    if remove is not None:
        if name is not None:
            raise click.UsageError("--remove takes the name, and nothing else is given.")
        say(f"{remove} is no short name of {remove_alias(remove)} any more.")
    elif name is None:
        _list(read_aliases(), as_json=as_json)
    elif model is None:
        _show(name, as_json=as_json)
    else:
        target = _anywhere(model)
        set_alias(name, target)
        say(f"{name} means {target}.")
    return 0


def _list(aliases: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        print_json([Alias(name, model) for name, model in aliases.items()])
    elif aliases:
        print_table({"NAME": "left", "MODEL": "left"}, [list(pair) for pair in aliases.items()])
    else:
        say(f"There are no short names in {aliases_file()}; llama-worker alias NAME MODEL makes one.", err=True)


def _show(name: str, *, as_json: bool) -> None:
    aliases = read_aliases()
    if name not in aliases:
        raise click.UsageError(f"There is no short name {name!r}: give the MODEL that it is to mean.")
    if as_json:
        print_json(Alias(name, aliases[name]))
    else:
        click.echo(aliases[name])


def _anywhere(model: str) -> str:
    """A model's name that means the same from every folder. Raises `InvalidOptionsError` for what names none."""
    parsed = parse_model_name(model)
    return str(Path(parsed.path).absolute()) if isinstance(parsed, FileName) else str(parsed)
