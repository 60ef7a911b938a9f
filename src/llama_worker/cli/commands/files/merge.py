"""`llama-worker merge`: the files of a model as one."""

from __future__ import annotations

import click
from msgspec import Struct

from ...model_names import MODEL
from ...output.documents import print_json
from .work import do_file_work


class Merged(Struct):
    """What `--json` prints."""

    path: str


@click.command()
@click.argument("model", type=MODEL)
@click.argument("output", metavar="OUT")
@click.option("-f", "--force", is_flag=True, help="Replace a file that is there.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@click.option("--json", "as_json", is_flag=True, help="Print the path as JSON.")
def merge(model: str, output: str, force: bool, quiet: bool, as_json: bool) -> int:
    """Write MODEL, which is in several files, as the one file OUT, as llama-gguf-split --merge does.

    Name any of its files. A stopped merge goes on where it was.
    """
    path = do_file_work(lambda worker: worker.merge_model(model, output, overwrite=force), quiet=quiet)
    if as_json:
        print_json(Merged(str(path)))
    else:
        click.echo(path)
    return 0
