"""What a soak counts and what it finds."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path

from msgspec import Struct, json, to_builtins
from rich.console import Console
from rich.table import Table


class Violation(Struct):
    """Something that must not be. `python -m tests.soak --seed SEED --steps STEP` does that step again by itself."""

    step: int
    operation: str
    what: str


class Checkpoint(Struct):
    """What the program holds when everything was aborted and ended."""

    operations: int
    memory: int
    descriptors: int
    threads: int
    tasks: int


class Record(Struct):
    """Everything that a run is judged by."""

    seed: int
    operations: dict[str, Counter[str]] = {}
    faults: Counter[str] = Counter()
    ways: Counter[str] = Counter()
    checkpoints: list[Checkpoint] = []
    violations: list[Violation] = []

    @property
    def total(self) -> int:
        return sum(counter.total() for counter in self.operations.values())

    def count(self, operation: str, outcome: str) -> None:
        self.operations.setdefault(operation, Counter())[outcome] += 1

    def violate(self, step: int, operation: str, what: str) -> None:
        self.violations.append(Violation(step, operation, what))
        print(f"step {step}, {operation}: {what}", file=sys.stderr, flush=True)


def new_record(seed: int) -> Record:
    return Record(seed, {}, Counter(), Counter(), [], [])


def table(record: Record) -> Table:
    """How often each operation ended how."""
    codes: Counter[str] = sum(record.operations.values(), Counter())
    names = [code for code, _ in codes.most_common()]
    shown = Table("Operation", "Times", *names, box=None)
    for operation, counter in sorted(record.operations.items()):
        shown.add_row(operation, str(counter.total()), *(str(counter[name] or "") for name in names))
    shown.add_row("all", str(record.total), *(str(codes[name]) for name in names))
    return shown


def show(record: Record, console: Console) -> None:
    console.print(table(record))
    for title, counter in (("faults", record.faults), ("ways of waiting", record.ways)):
        console.print(f"{counter.total()} {title}: {', '.join(f'{name} {n}' for name, n in counter.most_common())}")
    for at in record.checkpoints:
        console.print(
            f"after {at.operations} operations: {at.memory / 2**20:.1f} MiB, {at.descriptors} descriptors, "
            f"{at.threads} threads, {at.tasks} tasks"
        )
    console.print(f"seed {record.seed}: {len(record.violations)} violations")
    grouped: dict[tuple[str, str], list[int]] = defaultdict(list)
    for violation in record.violations:
        grouped[violation.operation, violation.what].append(violation.step)
    for (operation, what), steps in grouped.items():
        console.print(f"  {operation}, steps {steps[:5]}: {what}", soft_wrap=True, markup=False)


def write(record: Record, minutes: float, folder: Path) -> None:
    """`summary.json` and `summary.txt` in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    told = to_builtins(record) | {"minutes": round(minutes, 1)}
    (folder / "summary.json").write_bytes(json.format(json.encode(told)) + b"\n")
    with (folder / "summary.txt").open("w") as file:
        show(record, Console(file=file, width=200))
