"""From the repository to the site, and what is wrong with it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from . import checking, environment
from .configuration import configured
from .pages import ROOT, Language, languages
from .staging import stage

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
OUTPUT = ROOT / "build" / "docs"


def build(output: Path = OUTPUT, version: str | None = None) -> list[str]:
    """Build every language into a folder; gives the problems, of which each is one sentence."""
    shutil.rmtree(output, ignore_errors=True)
    for language in languages():
        if problem := _built(language, output, version):
            return [problem]
    return list(checking.problems(output))


def _built(language: Language, output: Path, version: str | None) -> str | None:
    file = configured(language, stage(language), output / language.prefix, version)
    done = subprocess.run(
        [environment.program("zensical"), "build", "--strict", "--clean", "--config-file", file],
        cwd=file.parent,
        capture_output=True,
        text=True,
    )
    told = _COLOUR.sub("", done.stdout + done.stderr).partition("Traceback")[0].strip()
    return told if done.returncode or "Warning" in told else None
