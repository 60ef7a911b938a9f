"""`llama-worker stdio`: a worker for a parent process, one JSON object per line."""

from __future__ import annotations

import os

import click

from ...fake import fake_option, faked
from ...verbosity import verbose_option


@click.command("stdio")
@fake_option
@verbose_option
def stdio(fake: str | None) -> None:
    """Serve a worker on standard input and output, one JSON object per line.

    Standard output carries messages only; whatever else is printed goes to standard error. At the end of the input
    what was asked is still answered, then the process and its engines end; they end at once when nobody reads the
    answers any more, and at SIGTERM or Ctrl-C.
    """
    output = _take_standard_output()
    from ....ports.server.process import serve_stdio  # after stdout is safe from whatever an import may print

    with faked(fake):
        raise SystemExit(serve_stdio(0, output))


def _take_standard_output() -> int:
    """Keep the real standard output for messages, and let everybody else's go to standard error."""
    output = os.dup(1)
    os.dup2(2, 1)
    return output
