"""`llama-worker import`: models from another machine."""

from __future__ import annotations

from pathlib import Path

import click

from ....models.exchange import importing
from ....models.maintenance.background import in_background
from ...interrupts import Interrupts, run_async
from ...output.documents import print_json
from ...stores.configured import model_store
from ...stores.pinned import print_pinned
from ...stores.watching import watched


@click.command("import")
@click.argument("source", metavar="FROM", type=click.Path(path_type=Path, exists=True))
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_models(source: Path, quiet: bool, as_json: bool) -> int:
    """Take the models of FROM into the store: a folder or .tar file of `export`, or a folder of `bundle`.

    Every byte is compared with the lock in it; nothing is kept of what differs.
    """
    store = model_store()
    imported = run_async(
        watched(
            lambda report: in_background(lambda tally: importing.import_models(store, source, tally), report),
            "Copying",
            quiet=quiet,
        ),
        Interrupts(),
    )
    if as_json:
        print_json(imported)
    else:
        print_pinned(imported)
    return 0
