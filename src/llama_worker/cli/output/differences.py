"""What is different in two model files, for people."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import click

from ...messages import MetadataDifference, MetadataEntry, TensorDifference, TensorEntry
from .tables import print_table
from .texts import harmless

_LONGEST = 60


def shown_value(entry: MetadataEntry | None) -> str:
    """A value on one line."""
    if entry is None:
        return ""
    if entry.value is None:
        return "..."
    value = f"{entry.value:.7g}" if entry.type == "f32" else str(entry.value)
    line = value.replace("\n", "\\n")
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}... ({len(line)} characters)"


def print_metadata_differences(differences: Sequence[MetadataDifference]) -> None:
    """A table; below it the lines in which texts of several lines differ."""
    if not differences:
        return
    rows = [[each.key, _side(each, each.before), _side(each, each.after), _items(each)] for each in differences]
    print_table({"KEY": "left", "BEFORE": "left", "AFTER": "left", "DIFFERENT": "left"}, rows)
    click.echo()
    for difference in differences:
        _print_lines(difference)


def print_tensor_differences(differences: Sequence[TensorDifference]) -> None:
    """A table."""
    if differences:
        rows = [[each.name, _tensor(each.before), _tensor(each.after)] for each in differences]
        print_table({"TENSOR": "left", "BEFORE": "left", "AFTER": "left"}, rows)


def _side(difference: MetadataDifference, entry: MetadataEntry | None) -> str:
    if entry is None:
        return "none"
    if entry.value is None:
        return entry.type
    same_type = difference.before and difference.after and difference.before.type == difference.after.type
    return shown_value(entry) if same_type else f"{shown_value(entry)} ({entry.type})"


def _items(difference: MetadataDifference) -> str:
    return "" if difference.items is None else f"{difference.items} items, the first is {difference.first_item}"


def _print_lines(difference: MetadataDifference) -> None:
    sides = difference.before, difference.after
    texts = [str(entry.value) if entry and entry.value is not None else "" for entry in sides]
    if any("\n" in text for text in texts):
        click.echo(click.style(difference.key, bold=True))
        before, after = (harmless(text).splitlines() for text in texts)
        for line in list(difflib.unified_diff(before, after, lineterm="", n=1))[2:]:
            click.echo(click.style(line, fg={"-": "red", "+": "green"}.get(line[:1])))


def _tensor(entry: TensorEntry | None) -> str:
    return f"{entry.type} {' x '.join(map(str, entry.shape))}" if entry else "none"
