"""`llama-worker convert`: make a GGUF file of a repository of safetensors."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from ....messages.converted import ConvertedModel
from ....models.converting.file_types import FILE_TYPES
from ....worker.worker import LlamaWorker
from ...interrupts import Interrupts, run_async
from ...output.documents import print_json
from ...output.figures import size_text
from ...output.texts import say
from .quantize import Quantization, file_bars, show_progress


@click.command()
@click.argument("source")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--type", "dtype", type=click.Choice(["auto", *FILE_TYPES]), default="auto", help="Of the weights.")
@click.option("--base", metavar="MODEL", help="SOURCE is a LoRA adapter of this folder's or hf:org/repo's model.")
@click.option("--quantize", type=Quantization(), help="Quantize them at once, to Q4_K_M, say.")
@click.option("--overwrite", is_flag=True, help="Replace TARGET when it is there.")
@click.option("--threads", type=click.IntRange(1, 512), help="How many quantize. Default: one for each processor.")
@click.option("--background", is_flag=True, help="Compute only what other programs leave.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def convert(source: str, target: Path, background: bool, quiet: bool, as_json: bool, **choices: Any) -> int:
    """Make the GGUF file TARGET of SOURCE: a folder with safetensors, or hf:org/repo, which is downloaded.

    With --base, SOURCE is a LoRA adapter as PEFT saves it.

    Needs the extra "convert", and no torch. Stopped, it goes on where it was when it is called again.
    """
    choices["politeness"] = "background" if background else "normal"
    made = run_async(_convert(source, target, choices, quiet), Interrupts())
    if as_json:
        print_json(made)
    else:
        click.echo(made.path)
        kind = made.quantization or made.dtype
        say(f"{made.architecture}, {made.tensors} tensors, {kind}, {size_text(made.size_bytes)}.", err=True)
    return 0


async def _convert(source: str, target: Path, choices: dict[str, Any], quiet: bool) -> ConvertedModel:
    async with LlamaWorker() as worker:
        operation = worker.convert_model(source, target, **choices)
        with file_bars(quiet) as bars:
            bar = bars.add_task(target.name, total=None)
            try:
                async for event in operation:
                    show_progress(bars, bar, event)
                return await operation
            except asyncio.CancelledError:
                bars.stop()
                click.echo("Stopped. What is written is kept; convert again to go on.", err=True)
                raise
