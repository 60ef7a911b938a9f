"""What the model commands share: MODEL with shell completion, figures for people, tables for terminals and pipes."""

from __future__ import annotations

import time
from typing import Any

import click
import msgspec
from click.shell_completion import CompletionItem
from rich.console import Console
from rich.table import Table

_PIPE_WIDTH = 1000


class ModelType(click.ParamType[str]):
    """A model's name. Completes the names of the models that are here, and files."""

    name = "model"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from ..models.store.store import ModelStore

        names = [entry.name for entry in ModelStore().list()]
        found = [CompletionItem(name) for name in names if name.startswith(incomplete)]
        return found or [CompletionItem(incomplete, type="file")]


MODEL = ModelType()


def output() -> Console:
    """Standard output: as wide as the terminal, or wide enough for any line in a pipe, and then without colours."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _PIPE_WIDTH
    return console


def harmless(text: str) -> str:
    """`text` without control characters: what a stranger wrote into a file must not steer the terminal."""
    return "".join(char if char.isprintable() or char in "\n\t" else f"\\x{ord(char):02x}" for char in text)


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def print_table(columns: dict[str, str], rows: list[list[str]]) -> None:
    """A table without lines; `columns` says how each one is justified. Pipes get no trailing blanks."""
    console = output()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, justify in columns.items():
        table.add_column(title, justify="right" if justify == "right" else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(harmless, row))
    if console.is_terminal:
        console.print(table)
        return
    with console.capture() as captured:
        console.print(table)
    click.echo("\n".join(line.rstrip() for line in captured.get().rstrip("\n").split("\n")))


def size_text(count: float | None) -> str:
    """Bytes in units of 1000, as disks and downloads are sold."""
    if count is None:
        return ""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.2f} GB"


def count_text(count: int | None) -> str:
    """Parameters: 3.0M, 7.2B."""
    if count is None:
        return ""
    for limit, unit in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")):
        if count >= limit:
            return f"{count / limit:.1f}{unit}"
    return str(count)


def age_text(seconds_since_1970: float | None) -> str:
    """How long ago, in one word and a half."""
    if seconds_since_1970 is None:
        return ""
    age = max(time.time() - seconds_since_1970, 0)
    for length, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = int(age // length)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
