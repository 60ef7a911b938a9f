"""Which CPUs to compute on, given what others do on them.

An answer's next token takes many short steps, after each of which all threads wait for the slowest: a CPU that others
take a fifth of costs more than it brings. A prompt is read in long steps, whose rows the threads share out as they go:
it pays to use what others leave of a CPU. Measured with `python -m benchmarks.costs.threads` (docs/guide/threads.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .cpus import Core
from .phases import Phase

# The largest share of a CPU that others may have for it to be taken. One that is in use is kept a little longer: what
# is counted wavers, and who changes at each look is always late.
MOST_TAKEN = {Phase.READING: 0.5, Phase.SEVERAL: 0.3, Phase.ONE: 0.1}
_KEPT_LONGER = 0.12


def choose_cpus(
    cores: Sequence[Core],
    taken: Mapping[int, float],
    phase: Phase,
    most: int,
    now: frozenset[int],
    turn: int = 0,
) -> frozenset[int]:
    """The CPUs for that phase, at most one of each core and at most `most`; at least the freest one.

    `taken` are the shares of others, `now` the CPUs in use. Of cores that are equally free the first is taken, counted
    from the one at `turn`: engines that choose at the same time should not all choose the same.
    """
    ordered = [*cores[turn % len(cores) :], *cores[: turn % len(cores)]]
    freest = [min(core.cpus, key=lambda cpu: _taken(core, cpu, taken, now)) for core in ordered]
    shares = {cpu: _taken(core, cpu, taken, now) for core, cpu in zip(ordered, freest, strict=True)}
    ranked = sorted(freest, key=lambda cpu: shares[cpu])
    chosen = [cpu for cpu in ranked if shares[cpu] <= MOST_TAKEN[phase]] or ranked[:1]
    return frozenset(chosen[:most])


def _taken(core: Core, cpu: int, taken: Mapping[int, float], now: frozenset[int]) -> float:
    """What is lost on that CPU: what others take of it, and half of what they take of the core's other ones."""
    share = taken.get(cpu, 0.0)
    share += sum(taken.get(sibling, 0.0) for sibling in core.cpus if sibling != cpu) / 2
    return share - _KEPT_LONGER if cpu in now else share
