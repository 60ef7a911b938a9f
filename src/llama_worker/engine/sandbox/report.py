"""What is in force in an engine process, as it says itself after trying."""

from __future__ import annotations

from msgspec import DecodeError, Struct, ValidationError, json

_PREFIX = b"llama_worker:sandbox:"


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


def report_line(report: SandboxReport) -> bytes:
    """The report as the process prints it."""
    return _PREFIX + json.encode(report) + b"\n"


def parse_report(line: bytes) -> SandboxReport | None:
    """The report in `line`, or None when it is something else."""
    if not line.startswith(_PREFIX):
        return None
    try:
        return json.decode(line[len(_PREFIX) :], type=SandboxReport)
    except (DecodeError, ValidationError):
        return None
