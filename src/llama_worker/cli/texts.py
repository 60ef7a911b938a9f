"""Texts that a command is given: as arguments, as lines of standard input, and as files."""

from __future__ import annotations

import sys
from pathlib import Path

import click

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def given_texts(arguments: tuple[str, ...]) -> list[str]:
    """The arguments, else the lines of standard input that are not empty."""
    return list(arguments) or [line for line in sys.stdin.read().splitlines() if line]


def text_of(path: Path) -> str:
    """What a file says. Raises `click.BadParameter` when it is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"{path} is no text in UTF-8.") from error
