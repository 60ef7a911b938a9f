"""A page's links as the site has them: files of the repository become pages."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from .anchors import on_site
from .pages import ROOT

_FENCE = re.compile(r"^ *(```|~~~)")
_LINK = re.compile(
    r"(?P<before>\]\(|^\[[^\]]+\]: |\b(?:src|href)=\")(?P<path>[^)\s\"#]*)(?P<anchor>#[^)\s\"]+)?(?P<rest>[)\s\"]|$)"
)
_ELSEWHERE = re.compile(r"[a-z]+:")


def rewritten(text: str, source: Path, place: str, targets: Mapping[Path, str]) -> str:
    """The text of a page that stood at `source` and now stands at `place`."""
    shown = {place: file for file, place in targets.items()}  # of the files of a place the last
    return "".join(
        line if in_code else _LINK.sub(lambda match: _link(match, source, place, targets, shown), line)
        for line, in_code in lines(text)
    )


def lines(text: str) -> Iterator[tuple[str, bool]]:
    """A page's lines, and whether each is within a block of code."""
    fence = ""
    for line in text.splitlines(keepends=True):
        mark = match[1] if (match := _FENCE.match(line)) else ""
        yield line, bool(fence or mark)
        if mark and (not fence or mark == fence):
            fence = "" if fence else mark


def _link(
    match: re.Match[str], source: Path, place: str, targets: Mapping[Path, str], shown: Mapping[str, Path]
) -> str:
    path, anchor = match["path"], match["anchor"] or ""
    if _ELSEWHERE.match(path):
        return match[0]
    file = Path(os.path.normpath(source.parent / path)) if path else source
    target = targets.get(file) or targets.get(file / "README.md")
    new = os.path.relpath(target, Path(place).parent).replace(os.sep, "/") if target else _in_repository(file) or path
    if anchor:
        anchor = f"#{on_site(anchor[1:], file, shown.get(target or place, file))}"
    return f"{match['before']}{new if path else ''}{anchor}{match['rest']}"


def _in_repository(file: Path) -> str | None:
    """Where the repository shows a file that is no page; without an address of it the link stays, and is found dead."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    address = project.get("urls", {}).get("Repository")
    return f"{address}/blob/main/{file.relative_to(ROOT).as_posix()}" if address and file.exists() else None
