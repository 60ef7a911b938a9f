"""`llama-worker rm`: remove models."""

from __future__ import annotations

import sys

import click

from ....messages.stored import RemovedModel
from ....models.maintenance.unused import remove_unused
from ....models.names import parse_model_name
from ....models.store.store import ModelStore
from ...model_names import MODEL
from ...output.documents import print_json
from ...output.figures import age_text, size_text
from ...output.tables import print_table
from ...output.texts import say
from ...stores.ages import AGE
from ...stores.configured import model_store

_SECONDS_A_DAY = 86400


@click.command()
@click.argument("models", metavar="[MODEL]...", type=MODEL, nargs=-1)
@click.option(
    "--unused", type=AGE, metavar="AGE", help="What was downloaded and not used for 30d (or 12h, 2w, 6m, 1y)."
)
@click.option("-n", "--dry-run", is_flag=True, help="Only tell what would be removed.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what was freed as JSON.")
def rm(models: tuple[str, ...], unused: float | None, dry_run: bool, yes: bool, as_json: bool) -> int:
    """Remove MODELs, whole, unfinished or broken, from this machine.

    Bytes that another model shares stay until that one is removed too. With --unused, files that you have put into the
    folder for plain files stay, too.
    """
    if bool(models) == (unused is not None):
        raise click.UsageError("Name a MODEL, or say --unused AGE.")
    store = model_store()
    planned = _planned(store, models) if unused is None else remove_unused(store, unused * _SECONDS_A_DAY, dry_run=True)
    if planned and not yes and not dry_run:
        _ask(planned)
    removed = planned if dry_run else _carry_out(store, planned)
    if as_json:
        print_json(removed[0] if len(models) == 1 else removed)
    else:
        _tell(removed, dry_run=dry_run)
    return 0


def _planned(store: ModelStore, models: tuple[str, ...]) -> list[RemovedModel]:
    removals = [store.plan_removal(parse_model_name(model)) for model in dict.fromkeys(models)]
    return [RemovedModel(name=removal.name, freed_bytes=removal.size_bytes) for removal in removals]


def _carry_out(store: ModelStore, planned: list[RemovedModel]) -> list[RemovedModel]:
    return [RemovedModel(name=one.name, freed_bytes=store.remove(one.name), last_used=one.last_used) for one in planned]


def _tell(removed: list[RemovedModel], *, dry_run: bool) -> None:
    if not removed:
        say("Nothing is unused for that long.")
    elif dry_run:
        _list(removed)
    else:
        names = removed[0].name if len(removed) == 1 else f"{len(removed)} models"
        say(f"Removed {names}; {size_text(_together(removed))} are free again.")


def _ask(planned: list[RemovedModel]) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("There is nobody to ask; say --yes.")
    name = planned[0].name
    if len(planned) > 1:
        _list(planned)
        name = f"these {len(planned)}"
    click.confirm(f"Remove {name} and free {size_text(_together(planned))}?", abort=True, err=True)


def _list(planned: list[RemovedModel]) -> None:
    rows = [[one.name, size_text(one.freed_bytes), age_text(one.last_used)] for one in planned]
    print_table({"NAME": "left", "FREES": "right", "USED": "left"}, rows)


def _together(removed: list[RemovedModel]) -> int:
    return sum(one.freed_bytes for one in removed)
