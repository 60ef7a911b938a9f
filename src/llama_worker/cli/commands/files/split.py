"""`llama-worker split`: one model in several files."""

from __future__ import annotations

import re
from typing import Any

import click
from msgspec import Struct

from ...model_names import MODEL
from ...output.documents import print_json
from .work import do_file_work

_UNITS = {"": 1, "K": 1000, "M": 1000**2, "G": 1000**3, "T": 1000**4}
_TOO_LARGE = 1e18


class SizeType(click.ParamType[int]):
    """Bytes: 2G, 500M, 1.5GB, 1000000."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)B?", value.strip(), re.IGNORECASE)
        if match is None or not 0 < float(match[1]) < _TOO_LARGE:
            self.fail(f"{value!r} is no size: write 2G, 500M or a number of bytes.", param, ctx)
        return round(float(match[1]) * _UNITS[match[2].upper()])


class Split(Struct):
    """What `--json` prints."""

    files: list[str]


@click.command()
@click.argument("model", type=MODEL)
@click.option("--max-size", type=SizeType(), metavar="SIZE", help="Of the tensors in each file: 2G, 500M.")
@click.option("--max-tensors", type=click.IntRange(min=1), metavar="N", help="Tensors in each file.")
@click.option("--metadata-apart", is_flag=True, help="No tensors in the first file.")
@click.option("-o", "--output", metavar="PREFIX", help="What the files are called.  [default: as the model, beside it]")
@click.option("-f", "--force", is_flag=True, help="Replace files that are there.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@click.option("--json", "as_json", is_flag=True, help="Print the paths as JSON.")
def split(
    model: str,
    max_size: int | None,
    max_tensors: int | None,
    metadata_apart: bool,
    output: str | None,
    force: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Write MODEL as several files and print their paths: NAME-00001-of-00003.gguf and so on, as llama-gguf-split does.

    Name any of them where a model is asked for. A stopped split goes on where it was.
    """
    if (max_size is None) == (max_tensors is None):
        raise click.UsageError("Give either --max-size or --max-tensors.")
    files = do_file_work(
        lambda worker: worker.split_model(
            model,
            max_bytes=max_size,
            max_tensors=max_tensors,
            metadata_apart=metadata_apart,
            target=output,
            overwrite=force,
        ),
        quiet=quiet,
    )
    if as_json:
        print_json(Split([str(file) for file in files]))
    else:
        for file in files:
            click.echo(file)
    return 0
