"""From a plan to the file that was asked for: as it is, or quantized at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from ....messages.events import Processing
from ...filework.task import Finished, Report
from ...quantizing.run import quantize
from ...quantizing.task import QuantizeTask
from .writing import write_planned

if TYPE_CHECKING:
    from ..plan import Plan

_WHOLE = "whole.gguf"
_CONVERTING_SHARE = 0.3
"""What of the time converting takes where quantizing follows: measured, a Q4_K_M takes more than twice as long."""


def write_converted(
    plan: Plan, target: str, quantization: str | None, threads: int | None, folder: Path, report: Report
) -> Finished:
    """Write into `folder` what will be `target`. Raises `FileWorkError`, and what quantizing raises."""
    name = Path(target).name
    if quantization is None:
        write_planned(plan, folder, name, report)
        return Finished(files=(name,), facts={"sizeBytes": plan.layout.size_bytes})
    write_planned(plan, folder, _WHOLE, _part_of(report, 0.0, _CONVERTING_SHARE))
    whole = str(folder / _WHOLE)
    order = QuantizeTask(target=target, parts=(whole,), quantization=quantization, threads=threads, requantize=True)
    finished = quantize(order, folder, _part_of(report, _CONVERTING_SHARE, 1.0))
    facts = {"sizeBytes": finished.facts["sizeBytes"], "quantization": quantization}
    return Finished(files=finished.files, facts=facts)


def _part_of(report: Report, first: float, last: float) -> Callable[[Processing], None]:
    """One of two stages, as a part of the whole."""
    return lambda event: report(structs.replace(event, value=first + (last - first) * event.value))
