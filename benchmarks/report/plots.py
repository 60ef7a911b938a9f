"""Plots as SVG, one for each figure of a comparison."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from benchmarks.measuring.comparison import Figure
from benchmarks.measuring.result import Result
from benchmarks.measuring.statistics import Spread, spread

PLOTS = "plots"  # the folder beside the page
_OURS, _OTHERS = "#2563eb", "#94a3b8"


def plot_name(result: Result, figure: Figure) -> str:
    """A file's name, of letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", f"{result.comparison.name} {figure.name}".lower()).strip("-") + ".svg"


def plot(result: Result, figure: Figure, path: Path) -> None:
    """Medians with their quartiles: a bar for each side, or a line over sides that are numbers."""
    spreads = {side: spread(values) for side in result.samples if (values := result.values(side, figure.name))}
    # Texts stay texts, and the same figures give the same file.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "llama-worker", "font.size": 10}):
        height = 3.2 if result.comparison.axis else 0.9 + 0.36 * len(spreads)
        drawing = Drawing(figsize=(7, height), layout="constrained")
        axes = drawing.add_subplot()
        if result.comparison.axis:
            _line(axes, result.comparison.axis, figure, spreads)
        else:
            _bars(axes, figure, spreads)
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_title(f"{result.comparison.name}: {figure.name}", loc="left")
        drawing.savefig(path, format="svg", metadata={"Date": None})


def _bars(axes: Axes, figure: Figure, spreads: dict[str, Spread]) -> None:
    names = list(spreads)[::-1]
    medians = [spreads[name].median for name in names]
    colours = [_OURS if name.startswith("ours") else _OTHERS for name in names]
    axes.barh(names, medians, color=colours, xerr=_reach(spreads, names), ecolor="#334155", capsize=3)
    axes.set_xlabel(f"{figure.unit} ({figure.better} is better)")


def _line(axes: Axes, axis: str, figure: Figure, spreads: dict[str, Spread]) -> None:
    names = sorted(spreads, key=float)
    medians = [spreads[name].median for name in names]
    places = [float(name) for name in names]
    axes.errorbar(places, medians, yerr=_reach(spreads, names), color=_OURS, marker="o", capsize=3)
    axes.set_xscale("log" if places and min(places) > 0 else "linear")
    axes.set_xticks(places, names)
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.set_xlabel(axis)
    axes.set_ylabel(f"{figure.unit} ({figure.better} is better)")


def _reach(spreads: dict[str, Spread], names: list[str]) -> list[list[float]]:
    """How far the quartiles are from the medians."""
    chosen = [spreads[name] for name in names]
    return [[one.median - one.low for one in chosen], [one.high - one.median for one in chosen]]
