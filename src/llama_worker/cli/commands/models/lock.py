"""`llama-worker lock`: the models that an app may load."""

from __future__ import annotations

from pathlib import Path

import click

from ....models.maintenance.background import in_background
from ....models.names import parse_model_name
from ....models.pinning.lock_file import LOCK_NAME
from ....models.pinning.locking import lock_models
from ....models.pinning.pulling import pinned
from ...interrupts import Interrupts, run_async
from ...model_names import MODEL
from ...output.documents import print_json
from ...output.texts import say
from ...stores.configured import model_store
from ...stores.pinned import print_pinned
from ...stores.watching import watched


@click.command()
@click.argument("models", metavar="MODEL...", type=MODEL, nargs=-1, required=True)
@click.option("--file", type=click.Path(path_type=Path, dir_okay=False), default=LOCK_NAME, help="[default: here]")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@click.option("--json", "as_json", is_flag=True, help="Print what the lock has as JSON.")
def lock(models: tuple[str, ...], file: Path, quiet: bool, as_json: bool) -> int:
    """Write MODELs that are here into llama-worker.lock: revision, SHA-256, size and licence of each.

    `pull --locked` brings these very files on another machine, and a worker with the option model_lock loads no others.
    """
    names, store = [parse_model_name(model) for model in models], model_store()
    locked = run_async(
        watched(
            lambda report: in_background(lambda tally: lock_models(store, names, file, tally), report),
            "Reading",
            quiet=quiet,
        ),
        Interrupts(),
    )
    told = [pinned(model) for model in locked]
    if as_json:
        print_json(told)
    else:
        print_pinned(told)
        say(f"Written to {file}.", err=True)
    return 0
