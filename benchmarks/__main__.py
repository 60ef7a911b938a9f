"""`python -m benchmarks [NAME...]`: the comparisons, or those that are named."""

from __future__ import annotations

import asyncio
import sys

import click

from benchmarks.comparisons import all_comparisons
from benchmarks.measuring.comparison import Run
from benchmarks.measuring.rounds import measured


@click.command()
@click.argument("names", nargs=-1)
@click.option("--quick", is_flag=True, help="Few rounds.")
@click.option("--peers", is_flag=True, help="Against every contestant that is installed.")
def main(names: tuple[str, ...], quick: bool, peers: bool) -> None:
    """Measure the comparisons of NAMES, or all."""
    for comparison in all_comparisons():
        if not names or comparison.name in names:
            for name, samples in asyncio.run(measured(comparison, Run(quick, peers))).items():
                print(comparison.name, name, samples)


if __name__ == "__main__":
    sys.exit(main())
