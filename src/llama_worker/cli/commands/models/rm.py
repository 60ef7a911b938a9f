"""`llama-worker rm`: remove a model."""

from __future__ import annotations

import sys

import click
import msgspec

from ....models.store.store import ModelStore
from ...model_names import MODEL
from ...output.documents import print_json
from ...output.figures import size_text
from ...output.texts import say


class Removed(msgspec.Struct, rename="camel"):
    """What `--json` prints."""

    name: str
    freed_bytes: int


@click.command()
@click.argument("model", type=MODEL)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what was freed as JSON.")
def rm(model: str, yes: bool, as_json: bool) -> int:
    """Remove MODEL, whole, unfinished or broken, from this machine.

    Bytes that another model shares stay until that one is removed too.
    """
    removal = ModelStore().plan_removal(model)
    if not yes:
        _ask(removal.name, removal.size_bytes)
    freed = removal.carry_out()
    if as_json:
        print_json(Removed(removal.name, freed))
    else:
        say(f"Removed {removal.name}; {size_text(freed)} are free again.")
    return 0


def _ask(name: str, size_bytes: int) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("There is nobody to ask; say --yes.")
    click.confirm(f"Remove {name} and free {size_text(size_bytes)}?", abort=True, err=True)
