"""The document itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .ability import Ability
from .declared import ABILITIES
from .doors import DOORS, Way

ROOT = Path(__file__).parents[2]
PATH = "docs/abilities.md"
_INTRODUCTION = """# Every ability, through every door

What an engine can do for a program, and how it is asked for: in Python, without async (`llama_worker.sync`), over a
bridge to another process, as a message over stdio or a WebSocket, from JavaScript, over HTTP, and on the command line.
Each ability is declared once, in `generators/abilities/declared.py`; `python -m generators` looks every cell up in the
code and makes this table, and `make check` fails when one of them is not there.
"""


def files() -> dict[str, str]:
    """The text of the document, by its path. Raises ValueError for a hole without a reason."""
    notes: list[str] = []
    rows = [_row(ability, notes) for ability in ABILITIES]
    head = f"| Ability | {' | '.join(DOORS)} |\n| --- |{' --- |' * len(DOORS)}"
    lines = [_INTRODUCTION, head, *rows, "", *_numbered(notes), "", "## Tests", "", *_tests()]
    return {PATH: "\n".join(lines).rstrip() + "\n"}


def _row(ability: Ability, notes: list[str]) -> str:
    unknown = set(ability.holes) - set(DOORS)
    if unknown or not (ROOT / ability.page).is_file() or not (ROOT / ability.test).exists():
        raise ValueError(f"{ability.name}: its page, its test or a door does not exist ({unknown or ability.page})")
    cells = [_cell(ability, door, way, notes) for door, way in DOORS.items()]
    return f"| [{ability.name}]({ability.page.removeprefix('docs/')}) | {' | '.join(cells)} |"


def _cell(ability: Ability, door: str, way: Way, notes: list[str]) -> str:
    if reason := ability.holes.get(door):
        if reason not in notes:
            notes.append(reason)
        return f"no ({notes.index(reason) + 1})"
    try:
        ways = list(way(ability))
    except LookupError as error:
        raise ValueError(f"{ability.name}, {door}: {error.args[0]}") from error
    if not ways:
        raise ValueError(f"{ability.name} is not reached by {door}: build it, or give a reason in `holes`")
    return ", ".join(dict.fromkeys(ways))


def _numbered(notes: list[str]) -> Iterator[str]:
    for number, reason in enumerate(notes, 1):
        yield f"{number}. {reason}"


def _tests() -> Iterator[str]:
    for ability in ABILITIES:
        yield f"- {ability.name}: `{ability.test}`"
