"""Texts that a command is given: as arguments, as standard input, and as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from .standard_input import STDIN, StandardInput, decoded

FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
"""A file, or `-`, which is standard input."""
_LARGEST = 64 << 20


def given_texts(arguments: Sequence[str], what: str) -> list[str]:
    """The arguments, else the lines of standard input that are not empty; so is a single `-`."""
    if arguments and list(arguments) != [STDIN]:
        return list(arguments)
    return [line for line in StandardInput().text(what).splitlines() if line.strip()]


def text_of(path: Path, stdin: StandardInput, what: str = "a text") -> str:
    """What a file says, or standard input when it is `-`. Raises `click.UsageError` when it is no text, or too long."""
    if str(path) == STDIN:
        return stdin.text(what)
    with path.open("rb") as opened:
        data = opened.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise click.UsageError(f"{path} is longer than {_LARGEST >> 20} MiB.")
    return decoded(data, str(path))


def joined(texts: Sequence[tuple[str, str]], question: str | None) -> str:
    """Texts by their names, and the question below them; what stands alone is told no name."""
    named = len(texts) > 1
    parts = [f"==> {name} <==\n{text.rstrip()}" if named else text.rstrip() for name, text in texts]
    return "\n\n".join([*parts, *([question] if question else [])])
