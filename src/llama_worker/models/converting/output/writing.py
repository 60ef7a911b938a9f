"""Writes what is planned, tensor by tensor, and goes on where an earlier attempt stopped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ...filework.disk import ensure_space
from ...filework.meter import Meter
from ...filework.task import Report
from ...gguf.writing import TensorWriter
from ..plan import Plan, Planned
from .encoding import encoded
from .resuming import may_go_on, remember, whole_tensors


def write_planned(plan: Plan, folder: Path, name: str, report: Report) -> None:
    """Write the file `name` into `folder`. Raises `FileWorkError` when the disk has too little room."""
    path = folder / name
    whole = whole_tensors(plan, path) if may_go_on(plan, folder) else 0
    there = path.stat().st_size if whole else 0
    ensure_space(folder, plan.layout.size_bytes - there)
    remember(plan, folder)
    meter = Meter(report, total_bytes=plan.layout.size_bytes, parts=len(plan.tensors))
    meter.add(len(plan.layout.header), resumed=bool(whole))
    with path.open("r+b" if whole else "w+b") as file:
        writer = TensorWriter(file, plan.layout, whole)
        for number, planned in enumerate(plan.tensors):
            meter.begin(planned.info.name)
            if number < whole:
                meter.add(_length(plan, planned), resumed=True)
            else:
                writer.write(_metered(planned, meter))
                meter.add(plan.layout.padding(planned.info))
            meter.end_part()
        file.flush()
        os.fsync(file.fileno())


def _metered(planned: Planned, meter: Meter) -> Iterator[memoryview]:
    for part in planned.tensor.parts():
        if part.size:
            piece = encoded(part, planned.info.type)
            yield piece
            meter.add(len(piece), len(piece))


def _length(plan: Plan, planned: Planned) -> int:
    return planned.info.size_bytes + plan.layout.padding(planned.info)
