"""Runs a page's examples from top to bottom in one process, in the current folder, and writes what each printed.

`python -m website.examples.program PAGE RESULTS LANGUAGES`: blocks of Python share their names and may await; those of
a shell have the folder, and files that blocks have put there.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import llama_worker

from .page import Block, blocks


class Program:
    """The examples of one page."""

    def __init__(self, page: str) -> None:
        self.page = page
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.loop = asyncio.new_event_loop()

    def run(self, block: Block) -> str:
        """Gives what it printed, without white space at the ends of lines."""
        if block.is_file:
            Path(block.title).write_text(block.code, encoding="utf-8")
            return ""
        run = {"python": self._python, "sh": _shell, "js": _javascript}[block.language]
        lines = "\n".join(line.rstrip() for line in _anywhere(run(block)).splitlines()).strip("\n")
        return lines and f"{lines}\n"

    def _python(self, block: Block) -> str:
        source = "\n" * (block.line - 1) + block.code
        code = compile(source, self.page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            result = eval(code, self.names)
            if inspect.isawaitable(result):
                self.loop.run_until_complete(result)
        return printed.getvalue()


def _anywhere(text: str) -> str:
    """What was printed, with files where a reader has them: beside the program, or where packages are."""
    return text.replace(f"{Path.cwd()}{os.sep}", "").replace(
        str(Path(llama_worker.__file__).parents[1]), "site-packages"
    )


def _shell(block: Block) -> str:
    return _ran(["bash", "-euo", "pipefail", "-c", block.code])


def _javascript(block: Block) -> str:
    Path("example.mjs").write_text(block.code, encoding="utf-8")
    return _ran(["node", "example.mjs"])


def _ran(command: list[str]) -> str:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{done.stdout}{done.stderr}\nended with {done.returncode}")
    return done.stdout


def main(page: str, results: str, *languages: str) -> None:
    program = Program(page)
    printed = []
    for block in blocks(Path(page).read_text(encoding="utf-8"), languages):
        try:
            printed.append(program.run(block))
        except BaseException:
            sys.stderr.write(f"{page}:{block.line}\n")
            program.loop.close()
            raise
    program.loop.close()
    Path(results).write_text(json.dumps(printed), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
