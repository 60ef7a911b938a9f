"""`llama-worker embed`: vectors of texts."""

from __future__ import annotations

from typing import Any

import click
from msgspec import json

from ....config.groups import MODEL, WORKER
from ....worker.embedding.forms import to_bytes, to_list
from ...choices import Choices, read_choices
from ...inputs.texts import given_texts
from ...interrupts import Interrupts, run_async
from ...model_names import MODEL as MODEL_NAME
from ...named_options import listing, named_options
from ...progress import watch

_GROUPS = (MODEL, WORKER)


@click.command(cls=listing(_GROUPS))
@click.argument("model", type=MODEL_NAME)
@click.argument("texts", nargs=-1)
@click.option("--raw", is_flag=True, help="As the model gives them, and not of length 1.")
@click.option("--dimensions", type=click.IntRange(min=1), metavar="N", help="Keep the first N numbers of each.")
@click.option("--truncate", is_flag=True, help="Embed the beginning of a text that is too long.")
@click.option("--base64", "as_base64", is_flag=True, help="Print base64 of 32-bit floats in place of numbers.")
@named_options
def embed(
    model: str,
    texts: tuple[str, ...],
    raw: bool,
    dimensions: int | None,
    truncate: bool,
    as_base64: bool,
    options: tuple[str, ...],
) -> int:
    """Print the vectors of TEXTS, or of the lines of standard input (so is `-`): a line of JSON for each."""
    choices = read_choices(options, _GROUPS)
    asked = {"normalize": not raw, "dimensions": dimensions, "truncate": truncate}
    vectors = run_async(_embed(model, given_texts(texts, "the texts"), choices, asked), Interrupts())
    for index, vector in enumerate(vectors):
        line = {"index": index, "embedding": vector if as_base64 else to_list(vector)}
        click.echo(json.encode(line))
    return 0


async def _embed(name: str, texts: list[str], choices: Choices, asked: dict[str, Any]) -> list[bytes]:
    async with choices.loaded(name) as model:
        return to_bytes(await watch(model.embed(texts, **asked), "Embedding"))
