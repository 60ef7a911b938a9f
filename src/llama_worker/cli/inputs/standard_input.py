"""Standard input: read once, within a limit, and never waited for in silence."""

from __future__ import annotations

import codecs
import os
import select
import stat
import sys

import click

from ..output.texts import on_terminal, say

STDIN = "-"
_LARGEST = 64 << 20
_PATIENCE = 1.0  # seconds
_CHUNK = 1 << 20
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class StandardInput:
    """What is typed or piped into a command; one thing alone can be made of it."""

    def __init__(self) -> None:
        self._taken_for: str | None = None

    @property
    def taken(self) -> bool:
        return self._taken_for is not None

    @property
    def is_piped(self) -> bool:
        """Whether a pipe or a file was given: a terminal, /dev/null and what is closed hold nothing to look for."""
        try:
            mode = os.fstat(sys.stdin.fileno()).st_mode
        except (AttributeError, OSError, ValueError):
            return False
        return not stat.S_ISCHR(mode)

    def data(self, what: str) -> bytes:
        """All of it. Raises `click.UsageError` when it is empty, too long, or was taken for something else."""
        if self._taken_for is not None:
            raise click.UsageError(f"Standard input cannot be both {self._taken_for} and {what}: give one as a file.")
        self._taken_for = what
        data = _read()
        if len(data) > _LARGEST:
            raise click.UsageError(f"Standard input is longer than {_LARGEST >> 20} MiB.")
        if not data.strip():
            raise click.UsageError(f"Standard input is empty, and it was to be {what}.")
        return data

    def text(self, what: str) -> str:
        """The same as text. Raises `click.UsageError` for what is none, too."""
        return decoded(self.data(what), "Standard input")


def decoded(data: bytes, name: str) -> str:
    """UTF-8, or the UTF-16 that some shells on Windows write. Raises `click.UsageError` for anything else."""
    try:
        text = data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{name} is no text in UTF-8.{_hint(data)}") from error
    if "\0" in text:
        raise click.UsageError(f"{name} is no text: it has NUL characters.{_hint(data)}")
    return text


def _hint(data: bytes) -> str:
    from ...worker.media.formats import image_type, sound_format

    if image_type(data):
        return " It is an image: --image FILE shows it."
    return " It is a sound: --audio FILE plays it." if sound_format(data) else ""


def _read() -> bytes:
    try:
        descriptor = sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):
        return b""
    if on_terminal(sys.stdin):
        say("Type the text; Ctrl-D on a line of its own ends it.", err=True)
    else:
        _tell_when_nothing_comes(descriptor)
    data = bytearray()
    while len(data) <= _LARGEST and (chunk := os.read(descriptor, _CHUNK)):
        data += chunk
    return bytes(data)


def _tell_when_nothing_comes(descriptor: int) -> None:
    """A program that starts this one may leave a pipe open into which it never writes."""
    if sys.platform == "win32":
        return
    ready, _, _ = select.select([descriptor], [], [], _PATIENCE)
    if not ready:
        say("Waiting for standard input; without any, start this with </dev/null.", err=True)
