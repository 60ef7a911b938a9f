"""Pages with examples, each run in a process and a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..pages import DOCS, ROOT
from .folder import prepare
from .page import RUN, Block, agrees, blocks, with_outputs

PAGES = ("index.md", "tutorial/*.md", "coming-from/*.md", "explanation/*.md", "guide/*.md")
READ_IN_ORDER = {"tutorial"}  # of these folders the pages share what is in their files
PYTHON_ALONE = {"guide"}  # of these folders, commands are not run: most would fetch a model, or serve for ever
_LONGEST = 300


def pages(names: list[str]) -> list[Path]:
    """Those that are named, by a part of their path; else all."""
    found = sorted(path for pattern in PAGES for path in DOCS.glob(pattern))
    return [path for path in found if not names or any(name in path.as_posix() for name in names)]


def languages(page: Path) -> tuple[str, ...]:
    """Those of which its blocks are run."""
    return ("python",) if page.parent.name in PYTHON_ALONE else RUN


def check(names: list[str]) -> list[str]:
    """What is wrong with the examples of pages, one text each."""
    return [problem for page, printed in _all(names) for problem in _problems(page, printed)]


def write(names: list[str]) -> list[str]:
    """Put what examples print into their pages; gives what failed. The generators do the same for translations."""
    failed = []
    for page, printed in _all(names):
        if isinstance(printed, str):
            failed.append(printed)
        else:
            text = with_outputs(page.read_text(encoding="utf-8"), printed, languages(page))
            page.write_text(text, encoding="utf-8")
    return failed


def _blocks(page: Path) -> list[Block]:
    return blocks(page.read_text(encoding="utf-8"), languages(page))


def _all(names: list[str]) -> Iterator[tuple[Path, list[str] | str]]:
    """The pages, and what their examples print, or a text that says what failed."""
    rows: dict[str, list[Path]] = {}
    for page in pages(names):
        rows.setdefault(page.parent.name if page.parent.name in READ_IN_ORDER else page.as_posix(), []).append(page)
    with ThreadPoolExecutor(2) as pool:
        for row, printed in zip(rows.values(), pool.map(outputs, rows.values()), strict=True):
            yield from zip(row, printed, strict=True)


def _problems(page: Path, printed: list[str] | str) -> Iterator[str]:
    if isinstance(printed, str):
        yield printed
        return
    for block, output in zip(_blocks(page), printed, strict=True):
        if not agrees(block, output):
            place = f"{page.relative_to(ROOT)}:{block.line}"
            yield f"{place}: the page says\n{block.output or ''}but it prints\n{output}"


def outputs(row: list[Path]) -> list[list[str] | str]:
    """What each example of pages that share a folder prints; of a page with one that fails, what it said."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "work").mkdir()
        prepare(home / "work")
        environment = _environment(home)
        return [_run(page, home, environment) for page in row]


def _run(page: Path, home: Path, environment: dict[str, str]) -> list[str] | str:
    results = home / "results.json"
    screen = ["xvfb-run", "--auto-servernum"] if not os.environ.get("DISPLAY") and shutil.which("xvfb-run") else []
    done = subprocess.run(
        [*screen, sys.executable, "-W", "error", "-m", "website.examples.program", page, results, *languages(page)],
        cwd=home / "work",
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_LONGEST,
    )
    if done.returncode:
        return done.stdout + done.stderr
    printed: list[str] = json.loads(results.read_text(encoding="utf-8"))
    return printed


def _environment(home: Path) -> dict[str, str]:
    """A user's, with this package as if it were installed, and nothing of the real user's."""
    programs = home / "bin"
    programs.mkdir()
    for name, module in {"llama-worker": " -m llama_worker", "python": ""}.items():
        (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable}{module} "$@"\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    client = home / "node_modules" / "llama-worker"
    shutil.copytree(ROOT / "clients" / "javascript", client, ignore=shutil.ignore_patterns("node_modules", "test"))
    folders = {
        name: str(home / name.lower()) for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
    }
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return {**os.environ, **folders, "PYTHONPATH": paths, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
