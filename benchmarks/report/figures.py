"""How figures are written."""

from __future__ import annotations

from benchmarks.measuring.comparison import Bar
from benchmarks.measuring.verdict import Verdict
from llama_worker.cli.measuring.spread import number, with_spread


def demanded(bar: Bar) -> str:
    """What a bar asks for: "≥ 0.97"."""
    parts = [f"≥ {number(bar.at_least)}"] if bar.at_least is not None else []
    most = bar.at_most if bar.at_most_more is None else bar.at_most_more
    return " and ".join([*parts, *([f"≤ {number(most)}"] if most is not None else [])])


def outcome(verdict: Verdict) -> str:
    if verdict.held is None:
        return "not judged"
    return "held" if verdict.held else "MISSED"


def compared(verdict: Verdict) -> str:
    """The measured value, or why there is none."""
    if verdict.value is None:
        return verdict.reason
    against = f" against {verdict.against}" if verdict.against else ""
    return with_spread(verdict.value) + against
