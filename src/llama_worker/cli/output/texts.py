"""Texts for a terminal: nothing in them steers it, and words are not cut at its edge."""

from __future__ import annotations

import shutil
import sys
import textwrap
from contextlib import nullcontext, suppress
from typing import IO

import click

_NARROWEST = 16
# Control characters but newline and tab: what a model or a stranger's file says must not move the cursor.
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}


def harmless(text: str) -> str:
    """`text` without control characters and other invisible ones, for names and facts."""
    return "".join(char if char.isprintable() or char in "\n\t" else f"\\x{ord(char):02x}" for char in text)


def tame(text: str) -> str:
    """`text` without control characters, for what a model says: all its letters and signs stay."""
    return text.translate(_CONTROLS)


def columns() -> int:
    """The width of the terminal."""
    return max(shutil.get_terminal_size().columns, _NARROWEST)


def on_terminal(stream: IO[str] | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def wrapped(text: str, width: int, indent: str = "", hanging: str = "") -> str:
    """Lines of at most `width`, cut between words; what has no gap, such as a path, stays whole, so that it can be
    copied."""
    wrapper = textwrap.TextWrapper(
        width, initial_indent=indent, subsequent_indent=hanging, break_on_hyphens=False, break_long_words=False
    )
    return "\n".join(each for line in text.split("\n") for each in wrapper.wrap(line) or [""])


def say(text: str, *, err: bool = False, mark: str | None = None) -> None:
    """A sentence: wrapped on a terminal, one line elsewhere; one on standard error may be lost. `mark` is what it
    begins with in red."""
    wide = columns() if on_terminal(sys.stderr if err else sys.stdout) else None
    with suppress(OSError) if err else nullcontext():
        lines = wrapped(text, wide) if wide else text
        click.echo(click.style(mark, fg="red", bold=True) + lines.removeprefix(mark) if mark else lines, err=err)
