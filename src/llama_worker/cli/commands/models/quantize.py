"""`llama-worker quantize`: write a smaller copy of a model."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from ....messages.events import Processing
from ....messages.quantized import QuantizedModel
from ....models.quantizing.file_types import FILE_TYPES_BY_NAME, file_type
from ....worker.worker import LlamaWorker
from ...interrupts import Interrupts, run_async
from ...model_names import MODEL
from ...output.consoles import console
from ...output.documents import print_json
from ...output.figures import size_text
from ...output.texts import say

_FILE = click.Path(dir_okay=False, path_type=Path)
_USUAL = "Q4_K_M"


class Quantization(click.ParamType[str]):
    """A mixture of llama.cpp's, in upper or lower case."""

    name = "type"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return file_type(value).name

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return "TYPE"


@click.command(epilog=f"Types: {', '.join(sorted(FILE_TYPES_BY_NAME))}.")
@click.argument("model", type=MODEL)
@click.argument("target", type=_FILE)
@click.argument("quantization", type=Quantization(), default=_USUAL)
@click.option("--imatrix", type=_FILE, help="An importance matrix of llama-imatrix (.gguf or .dat).")
@click.option("--pure", is_flag=True, help="The same type for every tensor, in place of a mixture.")
@click.option("--requantize", is_flag=True, help="Take a model that is quantized already; it loses quality twice.")
@click.option("--overwrite", is_flag=True, help="Replace TARGET when it is there.")
@click.option("--threads", type=click.IntRange(1, 512), help="How many compute. Default: one for each processor.")
@click.option("--background", is_flag=True, help="Compute only what other programs leave.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def quantize(
    model: str,
    target: Path,
    quantization: str,
    background: bool,
    quiet: bool,
    as_json: bool,
    **choices: Any,
) -> int:
    """Write MODEL, made smaller, into the file TARGET: its numbers with fewer bits, by default as Q4_K_M.

    No compiler and no other package is needed. Stopped, it goes on where it was when it is called again.
    """
    choices["politeness"] = "background" if background else "normal"
    made = run_async(_quantize(model, target, quantization, choices, quiet), Interrupts())
    if as_json:
        print_json(made)
    else:
        _print(made)
    return 0


async def _quantize(
    model: str, target: Path, quantization: str, choices: dict[str, Any], quiet: bool
) -> QuantizedModel:
    async with LlamaWorker() as worker:
        operation = worker.quantize_model(model, target, quantization, **choices)
        with file_bars(quiet) as bars:
            bar = bars.add_task(target.name, total=None)
            try:
                async for event in operation:
                    show_progress(bars, bar, event)
                return await operation
            except asyncio.CancelledError:
                bars.stop()
                click.echo("Stopped. What is written is kept; quantize again to go on.", err=True)
                raise


def file_bars(quiet: bool) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console.rich, disable=quiet or not console.is_terminal, transient=True)


def show_progress(bars: Progress, bar: TaskID, event: Processing) -> None:
    described = f"{event.done_parts}/{event.parts} {event.stage}"
    bars.update(bar, description=described, completed=event.done_bytes, total=event.total_bytes)


def _print(made: QuantizedModel) -> None:
    click.echo(made.path)
    sizes = f"{size_text(made.source_bytes)} became {size_text(made.size_bytes)}"
    types = ", ".join(f"{count} {kind}" for kind, count in made.types.items())
    say(f"{made.quantization}: {sizes}, {made.bits_per_weight:.2f} bits a weight. Tensors: {types}.", err=True)
    if made.fallbacks:
        say(f"{made.fallbacks} tensors have rows that are no whole blocks of their type, and got another.", err=True)
