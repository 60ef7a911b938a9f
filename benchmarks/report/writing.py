"""A run's files: the page, all samples, and the plots."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measuring.machine import Facts
from benchmarks.measuring.result import Result
from benchmarks.report.data import as_data
from benchmarks.report.markdown import page
from benchmarks.report.plots import PLOTS, plot, plot_name

RESULTS = "results.json"


def write_report(folder: Path, command: str, machine: Facts, results: Sequence[Result]) -> None:
    """`results.md`, `results.json`, and `plots` with one for each figure and nothing else."""
    plots = folder / PLOTS
    plots.mkdir(parents=True, exist_ok=True)
    told = json.dumps(as_data(machine, results), indent=1, ensure_ascii=False, default=str)
    (folder / RESULTS).write_text(told + "\n", encoding="utf-8")
    (folder / "results.md").write_text(page(command, machine, results), encoding="utf-8")
    for old in plots.glob("*.svg"):
        old.unlink()
    for result in results:
        for figure in result.comparison.figures if result.samples else ():
            plot(result, figure, plots / plot_name(result, figure))
