"""`llama-worker pull`: download a model."""

from __future__ import annotations

import asyncio
from pathlib import Path

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
from ....models.names import parse_model_name
from ....models.pinning.lock_file import LOCK_NAME
from ....models.pinning.pulling import download_locked
from ....options import LlamaOptions, ModelOptions
from ....worker.finding.choosing import Choice, choose
from ....worker.finding.fitting import this_machine
from ...interrupts import Interrupts, run_async
from ...model_names import MODEL
from ...output.consoles import console
from ...output.documents import print_json
from ...output.texts import say
from ...stores.configured import model_store
from ...stores.watching import watched

_LOCK = click.Path(path_type=Path, dir_okay=False)


class Pulled(msgspec.Struct, rename="camel", omit_defaults=True):
    """What `--json` prints."""

    name: str
    path: str
    chosen: str = ""
    reason: str = ""


@click.command()
@click.argument("model", type=MODEL, required=False)
@click.option("--locked", is_flag=True, help="Only what the lock has, at its revision; without MODEL all of it.")
@click.option("--lock", "lock_file", type=_LOCK, default=LOCK_NAME, help="The lock.  [default: llama-worker.lock]")
@click.option("--sha256", metavar="HEX", help="The digest that the file must have; the hub tells it by itself.")
@click.option("--size", type=click.IntRange(min=1), metavar="BYTES", help="The size that the file must have.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@click.option("--json", "as_json", is_flag=True, help="Print the path as JSON.")
def pull(
    model: str | None,
    locked: bool,
    lock_file: Path,
    sha256: str | None,
    size: int | None,
    quiet: bool,
    as_json: bool,
) -> int:
    """Download MODEL and print its path: hf:org/repo, hf:org/repo:Q8_0, hf:org/repo/file.gguf or https://...gguf.

    A stopped download continues where it was, whatever stopped it. Nothing appears under the final name before all
    bytes are verified. Of a repository alone Q4_K_M is taken (else Q8_0, else its first model), or the largest below it
    that fits into the memory that is free now.

    HF_TOKEN, HF_ENDPOINT, HF_HUB_OFFLINE and the proxy variables are respected.
    """
    if locked:
        return _pull_locked(model, lock_file, quiet, as_json)
    if model is None:
        raise click.UsageError("Missing argument 'MODEL'.")
    pulled = run_async(_pull(model, sha256, size, quiet), Interrupts())
    if as_json:
        print_json(pulled)
    else:
        click.echo(pulled.path)
    return 0


def _pull_locked(model: str | None, lock_file: Path, quiet: bool, as_json: bool) -> int:
    names, store = [parse_model_name(model)] if model else [], model_store()
    pulled = run_async(
        watched(lambda report: download_locked(store, lock_file, report, names), "Fetching", quiet=quiet), Interrupts()
    )
    if as_json:
        print_json(pulled)
    else:
        for one in pulled:
            click.echo(one.path)
    return 0


async def _pull(model: str, sha256: str | None, size: int | None, quiet: bool) -> Pulled:
    choice = await _choose(model, quiet) if sha256 is None and size is None else Choice(parse_model_name(model))
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
                choice.name, sha256=sha256, size=size, progress=lambda progress: _show(bars, bar, progress)
            )
        except asyncio.CancelledError:
            bars.stop()
            click.echo("Stopped. What has come is kept; pull again to resume.", err=True)
            raise
    return Pulled(model, str(path), str(choice.name) if choice.reason else "", choice.reason)


async def _choose(model: str, quiet: bool) -> Choice:
    choice = await choose(
        parse_model_name(model), model_store(), lambda: this_machine(LlamaOptions(), ModelOptions(), None)
    )
    if choice.reason and not quiet:
        say(f"{choice.name}: {choice.reason}.", err=True)
    return choice


def _show(bars: Progress, bar: TaskID, progress: Downloading) -> None:
    bars.update(
        bar,
        description=progress.stage,
        completed=progress.downloaded_bytes,
        total=progress.total_bytes,
    )
