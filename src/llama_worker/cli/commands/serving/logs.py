"""`llama-worker logs`: what a server has told."""

from __future__ import annotations

import os
import time
from collections import deque
from pathlib import Path
from typing import IO

import click

from ....errors import LlamaWorkerError
from ...output.texts import harmless, say
from ...servers.log_file import log_files
from ...servers.running import RunningServer, chosen_server

_SECONDS = 0.2


@click.command()
@click.option("--url", metavar="URL", help="Which server.  [default: the one that runs, else the last one]")
@click.option("-n", "--lines", type=click.IntRange(min=0), metavar="N", help="The last N lines.  [default: all]")
@click.option("-f", "--follow", is_flag=True, help="Go on until the server ends, or Ctrl-C.")
@click.option("--path", "only_path", is_flag=True, help="Print where the file is, and nothing else.")
def logs(url: str | None, lines: int | None, follow: bool, only_path: bool) -> int:
    """Print the log of the running server, or of the one that ran last: engines, models and downloads, never a text.

    What requests were asked for is in it when the server was started with -vv.
    """
    server = chosen_server(url)
    if url is not None and server is None:
        raise LlamaWorkerError(f"No server of yours runs at {url}.")
    file = _file(server)
    if only_path:
        click.echo(file)
        return 0
    with file.open(encoding="utf-8", errors="replace") as opened:
        for line in deque(opened, lines):
            click.echo(harmless(line.rstrip("\n")))
        if follow and server is not None:
            _follow(opened, file, server)
    return 0


def _file(server: RunningServer | None) -> Path:
    if server is not None:
        if server.log is None:
            raise LlamaWorkerError(f"The server at {server.url} keeps no log (--log off).")
        return Path(server.log)
    if not (files := log_files()):
        raise LlamaWorkerError("There is no log: no server has run here yet.")
    say(f"No server runs; this is the log of the last one: {files[0]}", err=True)
    return files[0]


def _follow(opened: IO[str], file: Path, server: RunningServer) -> None:
    """New lines as they come; a file that was begun anew is followed from its beginning."""
    while True:
        runs = server.process is not None
        while line := opened.readline():
            click.echo(harmless(line.rstrip("\n")))
        if not runs:
            return
        if _was_renamed(opened, file):
            with file.open(encoding="utf-8", errors="replace") as newer:
                return _follow(newer, file, server)
        time.sleep(_SECONDS)


def _was_renamed(opened: IO[str], file: Path) -> bool:
    try:
        return os.fstat(opened.fileno()).st_ino != file.stat().st_ino
    except OSError:
        return False
