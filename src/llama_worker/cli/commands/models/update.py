"""`llama-worker update`: newer revisions."""

from __future__ import annotations

import click

from ....messages.stored import ModelUpdate
from ....models.maintenance.updating import update_models
from ....models.names import parse_model_name
from ...interrupts import Interrupts, run_async
from ...model_names import MODEL
from ...output.documents import print_json
from ...output.figures import size_text
from ...output.tables import print_table
from ...output.texts import harmless, say
from ...stores.configured import model_store
from ...stores.watching import watched

_SAID = {
    "current": "newest",
    "newer": "newer there",
    "same_file": "same file, newer revision",
    "pinned": "pinned",
    "gone": "gone there",
    "failed": "failed",
}
_SHORT = 8


@click.command()
@click.argument("models", metavar="[MODEL]...", type=MODEL, nargs=-1)
@click.option("--check", is_flag=True, help="Only tell what there is; exit code 1 when there is something newer.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def update(models: tuple[str, ...], check: bool, quiet: bool, as_json: bool) -> int:
    """Fetch the newest revision of MODELs, or of all that came from a hub.

    The old one is removed when the new one is whole, unless a branch still stands there or it was pulled by its commit.
    """
    names, store = [parse_model_name(model) for model in models], model_store()
    updates = run_async(
        watched(lambda report: update_models(store, names, report, check=check), "Updating", quiet=quiet), Interrupts()
    )
    if as_json:
        print_json(updates)
    else:
        _print(updates)
    bad = {"failed", "newer"} if check else {"failed"}
    return int(any(update.state in bad for update in updates))


def _print(updates: list[ModelUpdate]) -> None:
    if not updates:
        say("No model here came from a hub.")
        return
    rows = [[one.name, _state(one), _short(one.revision), _newest(one), _size(one)] for one in updates]
    titles = {"NAME": "left", "STATE": "left", "REVISION": "left", "NEWEST": "left", "SIZE": "right"}
    print_table(titles, rows)  # type: ignore[arg-type]
    for one in updates:
        if one.problem:
            say(harmless(f"{one.name}: {one.problem}"), err=True)


def _state(update: ModelUpdate) -> str:
    return "updated" if update.updated else _SAID[update.state]


def _newest(update: ModelUpdate) -> str:
    return _short(update.newest) if update.newest != update.revision else ""


def _short(revision: str | None) -> str:
    return (revision or "")[:_SHORT]


def _size(update: ModelUpdate) -> str:
    return size_text(update.size_bytes) if update.size_bytes else ""
