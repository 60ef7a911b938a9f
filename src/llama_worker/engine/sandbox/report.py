"""What is in force in an engine process, as it says itself after trying."""

from __future__ import annotations

from msgspec import Struct


class Measure(Struct, frozen=True):
    """One measure: `text` says what it means where it is `in_force`, and else why it is not."""

    name: str
    in_force: bool
    text: str


class SandboxReport(Struct, frozen=True):
    """All measures that were asked for."""

    measures: tuple[Measure, ...] = ()

    @property
    def missing(self) -> tuple[Measure, ...]:
        return tuple(measure for measure in self.measures if not measure.in_force)
