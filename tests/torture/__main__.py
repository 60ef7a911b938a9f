"""`python -m tests.torture`: all of it. `--only NAME` tries what that recipe makes again, `--list` names them."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from llama_worker import LlamaWorker
from tests.gguf_factory import write_gguf

from .attempt import Outcome
from .corpus.recipes import Recipe, recipes
from .corpus.sound import sound_models
from .doors.forms import form_recipes
from .doors.http_requests import http_recipes
from .doors.port_requests import port_recipes
from .doors.session_files import session_recipes
from .report import show, summary, write
from .subjects import torture

RESULTS = Path("build/torture")


@click.command()
@click.option("--seed", default=1, help="Another one makes other files of the same kinds.")
@click.option("--jobs", default=3, help="Programs under torture at a time.")
@click.option("--only", "wanted", default="", help="Recipes whose name contains this.")
@click.option("--sample", default=0, help="Only so many of them, evenly spread.")
@click.option("--list", "listing", is_flag=True, help="Name the recipes and leave.")
@click.option("--results", default=RESULTS, type=click.Path(path_type=Path), help="Folder of the summary.")
def main(seed: int, jobs: int, wanted: str, sample: int, listing: bool, results: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="tt") as name:
        folder = Path(name)
        good = write_gguf(folder / "good.gguf")
        chosen = [recipe for recipe in everything(good, folder, seed) if wanted in recipe.name]
        chosen = chosen[:: len(chosen) // sample or 1] if sample else chosen
        if listing:
            print(*(recipe.name for recipe in chosen), sep="\n")
            return
        began = time.monotonic()
        outcomes = _run(chosen, good, folder, jobs)
    told = summary(outcomes, seed, time.monotonic() - began)
    write(outcomes, told, results)
    show(outcomes, told, Console(width=160))
    sys.exit(bool(told.violations))


def everything(good: Path, folder: Path, seed: int) -> list[Recipe]:
    """All recipes; what they are made from is written into `folder`."""
    saved = asyncio.run(_saved_sessions(good, folder))
    files = recipes(sound_models(folder), seed)
    return [*files, *form_recipes(seed), *session_recipes(saved, seed), *http_recipes(seed), *port_recipes(seed)]


async def _saved_sessions(good: Path, folder: Path) -> dict[str, Path]:
    async with LlamaWorker() as worker:
        session = await (await worker.load_model(good, context_size=256, sequences=1)).create_session()
        await session.prompt("la li lo", max_tokens=8)
        await session.save(folder / "plain.llama")
        await session.save(folder / "state.llama", include_state=True)
    return {"plain": folder / "plain.llama", "state": folder / "state.llama"}


def _run(chosen: Sequence[Recipe], good: Path, folder: Path, jobs: int) -> list[Outcome]:
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("hostile files", total=len(chosen))

        def told(outcome: Outcome) -> None:
            bar.advance(task)
            if outcome.violation:
                bar.console.print(f"{outcome.name}: {outcome.violation}", markup=False)

        return asyncio.run(torture(chosen, good, folder, jobs, told))


if __name__ == "__main__":
    main()
