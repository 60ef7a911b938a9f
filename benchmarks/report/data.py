"""Results as plain data: what is kept as JSON, every sample included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from msgspec import to_builtins

from benchmarks.measuring.machine import Facts
from benchmarks.measuring.result import Result
from benchmarks.measuring.statistics import spread
from benchmarks.measuring.verdict import Verdict, judge

Data = dict[str, Any]


def as_data(machine: Facts, results: Sequence[Result]) -> Data:
    return {"machine": machine, "comparisons": [_comparison(result) for result in results]}


def _comparison(result: Result) -> Data:
    comparison = result.comparison
    return {
        "name": comparison.name,
        "sentence": comparison.sentence,
        "figures": [asdict(figure) for figure in comparison.figures],
        "sides": [_side(result, name) for name in result.samples],
        "failures": result.failures,
        "measuredOnce": result.measured_once,
        "bars": [_verdict(verdict) for verdict in judge(result)],
        "noise": {"samples": result.count, "repeated": result.repeated, "noisy": result.noisy},
        "seconds": round(result.seconds, 1),
        "when": result.when,
    }


def _side(result: Result, name: str) -> Data:
    figures = [figure.name for figure in result.comparison.figures if result.values(name, figure.name)]
    return {
        "name": name,
        "settings": dict(result.settings[name]),
        "figures": {figure: to_builtins(spread(result.values(name, figure))) for figure in figures},
        "samples": [
            dict(sample.figures) | {"noise": asdict(sample.noise), "tries": sample.tries}
            for sample in result.samples[name]
        ],
    }


def _verdict(verdict: Verdict) -> Data:
    asked = {name: value for name, value in asdict(verdict.bar).items() if value not in (None, (), "")}
    measured = to_builtins(verdict.value) if verdict.value else None
    return asked | {
        "held": verdict.held,
        "measured": measured,
        "against": verdict.against,
        "reason": verdict.reason,
    }
