"""`llama-worker du`: what models take on the disk."""

from __future__ import annotations

import click

from ....messages.stored import StoreUsage
from ....models.maintenance.disk_usage import disk_usage
from ...output.documents import print_json
from ...output.figures import size_text
from ...output.tables import print_table
from ...output.texts import harmless, say
from ...stores.configured import model_store


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, in bytes.")
def du(as_json: bool) -> int:
    """Show what each store of models takes on the disk, and what for: the largest model first."""
    usages = disk_usage(model_store())
    if as_json:
        print_json(usages)
        return 0
    for index, usage in enumerate(usages):
        if index:
            click.echo()
        _print(usage)
    return 0


def _print(usage: StoreUsage) -> None:
    only = ", can only be read" if usage.read_only else ""
    say(harmless(f"{usage.folder}: {size_text(usage.size_bytes)}, {size_text(usage.free_bytes)} free{only}"))
    rows = [[model.name, size_text(model.size_bytes), _shared(model.shared_bytes)] for model in usage.models]
    others = {
        "unfinished downloads": usage.unfinished_bytes,
        "files without a name": usage.unnamed_bytes,
        "other files": usage.other_bytes,
    }
    rows += [[what, size_text(size), ""] for what, size in others.items() if size]
    if rows:
        print_table({"WHAT": "left", "SIZE": "right", "SHARED": "right"}, rows)


def _shared(size: int) -> str:
    return size_text(size) if size else ""
