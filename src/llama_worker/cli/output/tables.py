"""Tables and lists of facts. On a terminal that is too narrow for its columns a table becomes a list of its rows."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from typing import Literal

import click
from rich.cells import cell_len

from .texts import columns, harmless, on_terminal, wrapped

Justify = Literal["left", "right"]
_GAP = "  "
_NARROWEST_VALUES = 20


def print_table(titles: Mapping[str, Justify], rows: Iterable[Sequence[str]]) -> None:
    """Columns without lines; `titles` says how each one is justified. A pipe gets every line whole, however long."""
    cells = [[harmless(cell) for cell in row] for row in rows]
    if on_terminal(sys.stdout):
        titles, cells = _without_empty_columns(titles, cells)
    widths = [max(map(cell_len, column)) for column in zip(titles, *cells, strict=True)]
    if on_terminal(sys.stdout) and sum(widths) + len(_GAP) * (len(widths) - 1) > columns():
        for row in cells:
            _print_entry(list(titles), row)
        return
    heading = _GAP.join(map(_justified, titles, widths, titles.values())).rstrip()
    click.echo(click.style(heading, bold=True))
    for row in cells:
        click.echo(_GAP.join(map(_justified, row, widths, titles.values())).rstrip())


def print_facts(facts: Iterable[tuple[str, str]]) -> None:
    """Names, which may be styled, and what is to be said of each; without that they are left out."""
    said = [(name, cell_len(click.unstyle(name)), harmless(value)) for name, value in facts if value]
    name_width = max((length for _, length, _ in said), default=0) + len(_GAP)
    width = columns() if on_terminal(sys.stdout) else sys.maxsize
    for name, length, value in said:
        beside = width - name_width >= max([_NARROWEST_VALUES, *map(cell_len, value.split())])
        margin = " " * (name_width if beside else 2 * len(_GAP))
        lines = wrapped(value, width, margin, margin)
        click.echo(name + lines[length:] if beside else f"{name}\n{lines}")


def _without_empty_columns(
    titles: Mapping[str, Justify], rows: list[list[str]]
) -> tuple[Mapping[str, Justify], list[list[str]]]:
    kept = [any(row[index] for row in rows) for index in range(len(titles))]
    return dict(compress(titles.items(), kept)), [list(compress(row, kept)) for row in rows]


def _justified(cell: str, width: int, justify: Justify) -> str:
    blanks = " " * (width - cell_len(cell))
    return blanks + cell if justify == "right" else cell + blanks


def _print_entry(titles: Sequence[str], row: Sequence[str]) -> None:
    """The first cell, and below it the others with their titles, as many on a line as there is room for."""
    click.echo(click.style(wrapped(row[0], columns()), bold=True))
    facts = [f"{title.lower()} {cell}" for title, cell in zip(titles[1:], row[1:], strict=True) if cell]
    line = ""
    for fact in facts:
        longer = f"{line} · {fact}" if line else fact
        if line and cell_len(longer) + len(_GAP) > columns():
            click.echo(_GAP + line)
            longer = fact
        line = longer
    if line:
        click.echo(wrapped(line, columns(), _GAP, _GAP))
