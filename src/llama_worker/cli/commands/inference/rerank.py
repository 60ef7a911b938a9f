"""`llama-worker rerank`: documents by how well they answer a query."""

from __future__ import annotations

import click
from msgspec import json

from ....config.groups import MODEL, WORKER
from ....messages import Ranking
from ...choices import Choices, read_choices
from ...inputs.texts import given_texts
from ...interrupts import Interrupts, run_async
from ...model_names import MODEL as MODEL_NAME
from ...named_options import listing, named_options
from ...progress import watch

_GROUPS = (MODEL, WORKER)


@click.command(cls=listing(_GROUPS))
@click.argument("model", type=MODEL_NAME)
@click.argument("query")
@click.argument("documents", nargs=-1)
@click.option("--top", "top_n", type=click.IntRange(min=1), metavar="N", help="Only the best N.")
@click.option("--truncate", is_flag=True, help="Read the beginning of a document that is too long.")
@named_options
def rerank(
    model: str, query: str, documents: tuple[str, ...], top_n: int | None, truncate: bool, options: tuple[str, ...]
) -> int:
    """Print DOCUMENTS, or the lines of standard input, by how well they answer QUERY: a line of JSON for each."""
    choices = read_choices(options, _GROUPS)
    texts = given_texts(documents, "the documents")
    for one in run_async(_rerank(model, query, texts, choices, top_n, truncate), Interrupts()):
        line = {"index": one.index, "score": one.score, "document": texts[one.index]}
        click.echo(json.encode(line))
    return 0


async def _rerank(
    name: str, query: str, texts: list[str], choices: Choices, top_n: int | None, truncate: bool
) -> list[Ranking]:
    async with choices.loaded(name) as model:
        return await watch(model.rerank(query, texts, top_n=top_n, truncate=truncate), "Ranking")
