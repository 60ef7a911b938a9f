"""The pages as the generator of the site takes them, in a folder below build/."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from . import api, environment
from .links import rewritten
from .pages import ROOT, Language, pages, targets

FOLDER = ROOT / "build" / "docs-pages"
ASSETS = Path(__file__).parent / "assets"
_MERMAID = re.compile(r"^```mermaid$", re.MULTILINE)


def stage(language: Language) -> Path:
    """Write all pages in a language; gives their folder."""
    folder = FOLDER / language.code
    shutil.rmtree(folder, ignore_errors=True)
    links = targets(language)
    for file, place in pages(language).items():
        write(file, folder, place, links)
    for place, text in api.pages().items():
        _put(folder / place, text)
    shutil.copytree(ASSETS, folder / "assets")
    for script in environment.SCRIPTS:
        if script.path.is_file():
            shutil.copy(script.path, folder / "assets")
    return folder


def write(file: Path, folder: Path, place: str, links: dict[Path, str]) -> None:
    """One page, or a file that pages show."""
    if file.suffix == ".md":
        text = rewritten(file.read_text(encoding="utf-8"), file, place, links)
        _put(folder / place, _drawn(text, place))
    else:
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, folder / place)


def _drawn(text: str, place: str) -> str:
    """Diagrams are drawn by a script of the site's own, which only pages with a diagram load."""
    if not _MERMAID.search(text):
        return text
    if not environment.MERMAID.path.is_file():
        return _MERMAID.sub("```text", text)
    return f'{text}\n<script src="{"../" * place.count("/")}assets/{environment.MERMAID.name}"></script>\n'


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
