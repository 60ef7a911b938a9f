"""`llama-worker export`: models for another machine."""

from __future__ import annotations

from pathlib import Path

import click

from ....models.exchange.exporting import export_models
from ....models.maintenance.background import in_background
from ....models.names import parse_model_name
from ...interrupts import Interrupts, run_async
from ...model_names import MODEL
from ...output.documents import print_json
from ...output.figures import size_text
from ...output.texts import say
from ...stores.configured import model_store
from ...stores.watching import watched


@click.command()
@click.argument("models", metavar="MODEL...", type=MODEL, nargs=-1, required=True)
@click.argument("to", type=click.Path(path_type=Path))
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def export(models: tuple[str, ...], to: Path, quiet: bool, as_json: bool) -> int:
    """Copy MODELs to TO, a new folder or a .tar file, with a lock: revision, SHA-256, size and licence of each.

    On the other machine `llama-worker import TO` takes them in, without a network.
    """
    names, store = [parse_model_name(model) for model in models], model_store()
    exported = run_async(
        watched(
            lambda report: in_background(lambda tally: export_models(store, names, to, tally), report),
            "Copying",
            quiet=quiet,
        ),
        Interrupts(),
    )
    if as_json:
        print_json(exported)
    else:
        size = size_text(sum(model.size_bytes for model in exported))
        say(f"Made {to}, {size}. On the other machine: llama-worker import {to.name}")
    return 0
