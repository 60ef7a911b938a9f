"""`llama-worker list`: the models on this machine."""

from __future__ import annotations

import click

from ....messages.stored import ModelEntry
from ...output.documents import print_json
from ...output.figures import age_text, count_text, size_text
from ...output.tables import Justify, print_table
from ...output.texts import harmless, say
from ...stores.configured import model_store

_COLUMNS: dict[str, Justify] = {
    "NAME": "left",
    "QUANT": "left",
    "SIZE": "right",
    "PARAMS": "right",
    "CONTEXT": "right",
    "USED": "left",
    "ORIGIN": "left",
    "REVISION": "left",
    "STATE": "left",
}
_SHORT_REVISION = 8


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with paths and problems.")
def list_models(as_json: bool) -> int:
    """List the models of the Hugging Face cache, of the folder for plain files and of further stores.

    Unfinished downloads, models with missing parts and broken files are shown as what they are; of two models with one
    name the later is hidden.
    """
    entries = model_store().list()
    if as_json:
        print_json(entries)
        return 0
    print_table(_COLUMNS, [_row(entry) for entry in entries])
    for entry in entries:
        if entry.state in ("broken", "incomplete") and entry.problem:
            say(harmless(f"{entry.name}: {entry.problem}"), err=True)
    return 0


def _row(entry: ModelEntry) -> list[str]:
    return [
        entry.name,
        entry.quantization or "",
        size_text(entry.size_bytes),
        count_text(entry.parameters),
        str(entry.context_length or ""),
        age_text(entry.last_used),
        entry.origin,
        (entry.revision or "")[:_SHORT_REVISION],
        _state(entry),
    ]


def _state(entry: ModelEntry) -> str:
    if entry.hidden:
        return "hidden"
    if entry.state == "partial" and entry.downloaded_bytes is not None and entry.size_bytes:
        return f"partial, {100 * entry.downloaded_bytes // entry.size_bytes} %"
    if entry.state == "complete":
        return f"{entry.parts} files" if entry.parts > 1 else ""
    return entry.state
