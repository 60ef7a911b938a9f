"""Help that can be read in a narrow terminal too."""

from __future__ import annotations

from collections.abc import Iterable

import click

from .output.texts import columns

_WIDEST, _NARROW = 80, 60
_MARGIN = 6


class HelpFormatter(click.HelpFormatter):
    """As wide as the terminal, up to 80 columns; below 60 what an option means stands under it."""

    def __init__(self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None) -> None:
        super().__init__(indent_increment, width or min(columns(), max_width or _WIDEST) - 1, max_width)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        rows = list(rows)
        longest = max((len(term) for term, _ in rows), default=0)
        if self.width >= _NARROW or longest + _MARGIN + max((len(text) for _, text in rows), default=0) <= self.width:
            super().write_dl(rows, col_max, col_spacing)
            return
        for term, text in rows:
            self.write(f"{'':>{self.current_indent}}{term}\n")
            self.indent()
            self.indent()
            self.write_text(text)
            self.dedent()
            self.dedent()


class Context(click.Context):
    """That of every command."""

    formatter_class = HelpFormatter
