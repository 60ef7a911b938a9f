"""What was measured of one comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.measuring.comparison import Comparison, Figures
from llama_worker.cli.measuring.noise import Noise


@dataclass(frozen=True)
class Sample:
    figures: Figures
    noise: Noise
    tries: int = 1


@dataclass
class Result:
    """Samples by side, round by round. A side that failed is in `failures` with what it said, and has no samples; of
    those `measured_once`, which are very slow, each round has the same sample."""

    comparison: Comparison
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    settings: dict[str, Mapping[str, object]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    measured_once: list[str] = field(default_factory=list)
    seconds: float = 0.0
    when: str = ""  # the date and the commit, once it is measured

    def values(self, side: str, figure: str) -> list[float]:
        """Round by round; empty when that side does not have the figure."""
        samples = self.samples.get(side, [])
        values = [sample.figures[figure] for sample in samples if figure in sample.figures]
        return values if len(values) == len(samples) else []

    @property
    def noisy(self) -> int:
        """How many samples stayed noisy however often they were taken."""
        return sum(sample.noise.noisy for samples in self.samples.values() for sample in samples)

    @property
    def repeated(self) -> int:
        return sum(sample.tries - 1 for samples in self.samples.values() for sample in samples)

    @property
    def count(self) -> int:
        return sum(len(samples) for samples in self.samples.values())
