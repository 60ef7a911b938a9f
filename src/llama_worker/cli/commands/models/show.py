"""`llama-worker show`: what a model is."""

from __future__ import annotations

import asyncio

import click

from ....models.download.remote_header import find_header
from ....models.names import parse_model_name
from ....models.store.listing import ModelDetails
from ...model_names import MODEL
from ...output.documents import print_json
from ...output.figures import count_text, size_text
from ...output.tables import print_facts, print_table
from ...output.texts import harmless
from ...stores.configured import model_store

_LONGEST_VALUE = 100


@click.command()
@click.argument("model", type=MODEL)
@click.option("--template", is_flag=True, help="Print the chat template and nothing else.")
@click.option("--metadata", is_flag=True, help="Print all metadata too.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def show(model: str, template: bool, metadata: bool, as_json: bool) -> int:
    """Show what MODEL is: architecture, size, quantization, context, tensors.

    Of a model that is not here only the header is fetched.
    """
    details = asyncio.run(_find(model))
    if as_json:
        print_json(details)
    elif template:
        click.echo(harmless(details.chat_template or ""))
    else:
        _print(details, metadata)
    return 0


async def _find(model: str) -> ModelDetails:
    store, name = model_store(), parse_model_name(model)
    header = await find_header(store, name)
    return await asyncio.to_thread(store.describe, name, header)


def _print(details: ModelDetails, metadata: bool) -> None:
    facts = {
        "name": details.name,
        "model": str(details.metadata.get("general.name", "")),
        "path": details.path or "not downloaded",
        "parts": str(details.parts) if details.parts > 1 else "",
        "projector": details.mmproj or "",
        "architecture": details.architecture or "",
        "parameters": count_text(details.parameters),
        "quantization": details.quantization or "",
        "size": size_text(details.size_bytes),
        "context": f"{details.context_length} tokens" if details.context_length else "",
        "layers": str(details.block_count),
        "width": str(details.embedding_length),
        "vocabulary": f"{details.vocab_size} tokens",
        "template": f"{len(details.chat_template)} characters" if details.chat_template else "none",
    }
    print_facts(facts.items())
    click.echo()
    rows = [
        [kind.type, str(kind.count), count_text(kind.elements), size_text(kind.size_bytes)] for kind in details.tensors
    ]
    print_table({"TENSORS": "left", "COUNT": "right", "WEIGHTS": "right", "SIZE": "right"}, rows)
    if metadata:
        click.echo()
        for key, value in details.metadata.items():
            click.echo(harmless(f"{key} = {_short(str(value))}"))


def _short(text: str) -> str:
    line = text.replace("\n", "\\n")
    return line if len(line) <= _LONGEST_VALUE else f"{line[:_LONGEST_VALUE]}... ({len(text)} characters)"
