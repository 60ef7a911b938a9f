"""Sides measured in turns."""

from __future__ import annotations

from benchmarks.measuring.comparison import Comparison, Figures, Run


async def measured(comparison: Comparison, run: Run) -> dict[str, list[Figures]]:
    """The samples of each side, round by round; the sides of a round begin with another one each time."""
    count = comparison.quick_rounds if run.quick else comparison.rounds
    async with comparison.sides(run) as sides:
        samples: dict[str, list[Figures]] = {side.name: [] for side in sides}
        for turn in range(comparison.warm_up + count):
            first = turn % len(sides)
            for side in [*sides[first:], *sides[:first]]:
                samples[side.name].append(await side.measure())
    return {name: of_side[comparison.warm_up :] for name, of_side in samples.items()}
