"""What a comparison consists of: sides that are measured in turns, the figures they give, and bars that must hold."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

Figures = Mapping[str, float]
OTHERS = ("*",)


@dataclass(frozen=True)
class Run:
    """What the person who measures asked for."""

    quick: bool = False
    peers: bool = False  # every contestant that is installed, not only this library and the bare engine
    rounds: int = 0  # in place of the comparisons' own number
    model: str = ""  # a file to measure in place of those of benchmarks/models
    seconds: float = 0.0  # a comparison begins no round that would not end by then; 0 for no limit
    sides: tuple[str, ...] = ()  # patterns as of file names; without any, all

    def wants(self, side: str) -> bool:
        """Whether that side is to be measured."""
        return not self.sides or any(fnmatchcase(side, pattern) for pattern in self.sides)


@dataclass(frozen=True)
class Figure:
    """One of the numbers that each sample gives."""

    name: str
    unit: str
    better: Literal["higher", "lower"] = "higher"


@dataclass(frozen=True)
class Side:
    """One of the things that are compared.

    `measure` takes one sample, of a second or so: the figures by name. It may be called any number of times, and must
    leave everything as it found it. A side for which it raises is left out from then on, and its bars are missed.
    """

    name: str
    measure: Callable[[], Awaitable[Figures]]
    settings: Mapping[str, object] = field(default_factory=dict)  # for the report: versions, threads, what was loaded


@dataclass(frozen=True)
class Bar:
    """What must hold for `side`: of its figure, or with `over` of the median of its ratios to the best of those sides.

    A ratio is taken within each round. `over` are patterns as of file names ("bare*"), which never match `side` itself;
    when none of those sides is there, the bar is not judged. `at_most_more` is about the median difference to the best
    of `over`, in the figure's unit, in place of the ratio.
    """

    sentence: str
    figure: str
    side: str
    over: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    at_most_more: float | None = None


@dataclass(frozen=True)
class Comparison:
    """`sides` sets everything up, gives the sides, and puts everything away at its end.

    A round measures each side once, in an order that changes from round to round; `warm_up` rounds before are dropped.
    A sample beside which the machine did something else is taken again. Only processes that are children of this one
    count as ours, busy ones that are meant to disturb included.

    `headlines` are rows of the first table of all: figures, and what the row is called. With `axis` the sides' names
    are numbers, and the plot is a line over them.
    """

    name: str
    sentence: str
    figures: tuple[Figure, ...]
    sides: Callable[[Run], AbstractAsyncContextManager[Sequence[Side]]]
    bars: tuple[Bar, ...] = ()
    rounds: int = 9
    quick_rounds: int = 3
    warm_up: int = 1
    pause: float = 0.2  # seconds before each sample, in which the last one's threads come to rest
    headlines: Mapping[str, str] = field(default_factory=dict)
    axis: str = ""
