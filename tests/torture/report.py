"""What came of it, as a table to read and as JSON."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, json
from rich.console import Console
from rich.table import Table

from .attempt import Outcome


class Summary(Struct, rename="camel"):
    """A whole run."""

    seed: int
    minutes: float
    trials: int
    architectures: list[str]
    outcomes: dict[str, int]
    violations: list[Outcome]


def summary(outcomes: Sequence[Outcome], seed: int, seconds: float) -> Summary:
    architectures = sorted({outcome.name.split("/")[0] for outcome in outcomes} - {"any"})
    return Summary(
        seed=seed,
        minutes=round(seconds / 60, 1),
        trials=len(outcomes),
        architectures=architectures,
        outcomes=dict(Counter(outcome.code for outcome in outcomes).most_common()),
        violations=[outcome for outcome in outcomes if outcome.violation],
    )


def table(outcomes: Sequence[Outcome]) -> Table:
    """How often each kind of trial ended how."""
    codes = [code for code, _ in Counter(outcome.code for outcome in outcomes).most_common()]
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for outcome in outcomes:
        rows[kind_of(outcome.name)][outcome.code] += 1
    found = Table("Kind", "Trials", *codes, "Violations", box=None)
    bad = Counter(kind_of(outcome.name) for outcome in outcomes if outcome.violation)
    for kind, counts in sorted(rows.items()):
        found.add_row(kind, str(counts.total()), *(str(counts[code] or "") for code in codes), str(bad[kind] or ""))
    found.add_row("all", str(len(outcomes)), *(str(sum(row[code] for row in rows.values())) for code in codes))
    return found


def kind_of(name: str) -> str:
    """Chat templates are one kind, and so are files of other formats, and changes while a file is used."""
    first, kind, *others = name.split("/")
    if first == "any":
        return kind if others else "odd files"
    return "templates" if kind.startswith("template ") else "changes" if " when " in kind else kind


def write(outcomes: Sequence[Outcome], told: Summary, folder: Path) -> None:
    """`summary.json`, `outcomes.json` and `summary.txt` in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "summary.json").write_bytes(json.format(json.encode(told)) + b"\n")
    (folder / "outcomes.json").write_bytes(b"\n".join(json.encode(outcome) for outcome in outcomes) + b"\n")
    with (folder / "summary.txt").open("w") as file:
        show(outcomes, told, Console(file=file, width=160))


def show(outcomes: Sequence[Outcome], told: Summary, console: Console) -> None:
    console.print(table(outcomes))
    console.print(
        f"\n{told.trials} trials over {len(told.architectures)} architectures in {told.minutes:g} minutes, "
        f"seed {told.seed}: {len(told.violations)} violations."
    )
    for outcome in told.violations:
        console.print(f"  {outcome.name!r} ({outcome.step}): {outcome.violation}", soft_wrap=True, markup=False)
