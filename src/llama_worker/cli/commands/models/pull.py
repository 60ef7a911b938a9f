"""`llama-worker pull`: download a model."""

from __future__ import annotations

import asyncio

import click
import msgspec
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from ....messages.events import Downloading
from ....models.download.download import Downloader
from ...interrupts import Interrupts, run_async
from ...model_names import MODEL
from ...output.consoles import console
from ...output.documents import print_json
from ...stores.configured import model_store


class Pulled(msgspec.Struct, rename="camel"):
    """What `--json` prints."""

    name: str
    path: str


@click.command()
@click.argument("model", type=MODEL)
@click.option("--sha256", metavar="HEX", help="The digest that the file must have; the hub tells it by itself.")
@click.option("--size", type=click.IntRange(min=1), metavar="BYTES", help="The size that the file must have.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@click.option("--json", "as_json", is_flag=True, help="Print the path as JSON.")
def pull(model: str, sha256: str | None, size: int | None, quiet: bool, as_json: bool) -> int:
    """Download MODEL and print its path: hf:org/repo, hf:org/repo:Q8_0, hf:org/repo/file.gguf or https://...gguf.

    A stopped download continues where it was, whatever stopped it. Nothing appears under the final name before all
    bytes are verified. HF_TOKEN, HF_ENDPOINT, HF_HUB_OFFLINE and the proxy variables are respected.
    """
    path = run_async(_pull(model, sha256, size, quiet), Interrupts())
    if as_json:
        print_json(Pulled(model, path))
    else:
        click.echo(path)
    return 0


async def _pull(model: str, sha256: str | None, size: int | None, quiet: bool) -> str:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console.rich, disable=quiet or not console.is_terminal, transient=True) as bars:
        bar = bars.add_task(model, total=None)
        try:
            path = await Downloader(model_store()).download(
                model, sha256=sha256, size=size, progress=lambda progress: _show(bars, bar, progress)
            )
        except asyncio.CancelledError:
            bars.stop()
            click.echo("Stopped. What has come is kept; pull again to resume.", err=True)
            raise
    return str(path)


def _show(bars: Progress, bar: TaskID, progress: Downloading) -> None:
    bars.update(
        bar,
        description=progress.stage,
        completed=progress.downloaded_bytes,
        total=progress.total_bytes,
    )
