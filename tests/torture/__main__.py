"""`python -m tests.torture`: the whole corpus. `--only NAME` tries what that recipe makes again, `--list` names them."""

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

from tests.gguf_factory import write_gguf

from .attempt import Outcome
from .corpus.recipes import Recipe, recipes
from .corpus.sound import sound_models
from .report import show, summary, write
from .subjects import torture

RESULTS = Path("build/torture")


@click.command()
@click.option("--seed", default=1, help="Another one makes other files of the same kinds.")
@click.option("--jobs", default=3, help="Programs under torture at a time.")
@click.option("--only", "wanted", default="", help="Recipes whose name contains this.")
@click.option("--list", "listing", is_flag=True, help="Name the recipes and leave.")
@click.option("--results", default=RESULTS, type=click.Path(path_type=Path), help="Folder of the summary.")
def main(seed: int, jobs: int, wanted: str, listing: bool, results: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="tt") as name:
        folder = Path(name)
        chosen = [recipe for recipe in recipes(sound_models(folder), seed) if wanted in recipe.name]
        if listing:
            print(*(recipe.name for recipe in chosen), sep="\n")
            return
        began = time.monotonic()
        outcomes = _run(chosen, folder, jobs)
    told = summary(outcomes, seed, time.monotonic() - began)
    write(outcomes, told, results)
    show(outcomes, told, Console(width=160))
    sys.exit(bool(told.violations))


def _run(chosen: Sequence[Recipe], folder: Path, jobs: int) -> list[Outcome]:
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("hostile files", total=len(chosen))

        def told(outcome: Outcome) -> None:
            bar.advance(task)
            if outcome.violation:
                bar.console.print(f"{outcome.name}: {outcome.violation}", markup=False)

        good = write_gguf(folder / "good.gguf")
        return asyncio.run(torture(chosen, good, folder, jobs, told))


if __name__ == "__main__":
    main()
