"""Results of an earlier run, as they were written."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.measuring.comparison import Comparison
from benchmarks.measuring.result import Result, Sample
from llama_worker.cli.measuring.noise import Noise


def earlier_results(file: Path, comparisons: Collection[Comparison], but: Collection[str]) -> list[Result]:
    """Of a `results.json`, all but those, as far as there still are such comparisons; none without the file."""
    if not file.is_file():
        return []
    told = {one["name"]: one for one in json.loads(file.read_text(encoding="utf-8"))["comparisons"]}
    return [
        _result(comparison, told[comparison.name])
        for comparison in comparisons
        if comparison.name in told and comparison.name not in but
    ]


def joined(earlier: Result, later: Result) -> Result:
    """The rounds of both, of the sides that both have; a side that failed once has failed."""
    failures = earlier.failures | later.failures
    both = [side for side in later.samples if side in earlier.samples and side not in failures]
    return replace(
        later,
        samples={side: [*earlier.samples[side], *later.samples[side]] for side in both},
        failures=failures,
        measured_once=[side for side in both if side in {*earlier.measured_once, *later.measured_once}],
        seconds=earlier.seconds + later.seconds,
        when=f"{earlier.when}, and {later.when}",
    )


def _result(comparison: Comparison, told: dict[str, Any]) -> Result:
    return Result(
        comparison,
        samples={side["name"]: list(_samples(side["samples"])) for side in told["sides"]},
        settings={side["name"]: side["settings"] for side in told["sides"]},
        failures=told["failures"],
        measured_once=told["measuredOnce"],
        seconds=told["seconds"],
        when=told["when"],
    )


def _samples(told: list[dict[str, Any]]) -> Iterator[Sample]:
    for sample in told:
        figures = {name: value for name, value in sample.items() if name not in ("noise", "tries")}
        yield Sample(figures, Noise(**sample["noise"]), sample["tries"])
