"""The rooms of docs/architecture.md: each folder and file with the first paragraph of its docstring."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "llama_worker"
DOCUMENT = "docs/architecture.md"
# From what speaks to people and programs down to the vocabulary.
_ORDER = ("cli", "http", "ports", "sync", "worker", "engine", "models", "messages", "options", "errors")
_REGION = re.compile(r"(?<=<!-- rooms: made by `python -m generators` -->\n).*?(?=<!-- end of rooms -->)", re.DOTALL)


def files() -> dict[str, str]:
    """The text of each file, by its path from the root of the repository."""
    text = (ROOT / DOCUMENT).read_text(encoding="utf-8")
    rooms = "\n".join(line for name in _ORDER for line in _room(PACKAGE / name))
    return {DOCUMENT: _REGION.sub(lambda _: f"\n{rooms}\n", text)}


def _room(folder: Path) -> Iterator[str]:
    """A folder with its files, then the folders within."""
    yield f"### `{folder.relative_to(PACKAGE).as_posix()}/`\n"
    yield f"{_first_paragraph(folder / '__init__.py')}\n"
    listed = [path for path in sorted(folder.glob("*.py")) if path.name != "__init__.py"]
    if listed:
        yield "| File | |\n| --- | --- |"
        yield from (f"| `{path.name}` | {_first_paragraph(path)} |" for path in listed)
        yield ""
    for below in sorted(folder.iterdir()):
        if (below / "__init__.py").is_file():
            yield from _room(below)
        elif below.name == "page":
            yield from _page(below)


def _page(folder: Path) -> Iterator[str]:
    """The page's own files, each with its first comment."""
    yield f"### `{folder.relative_to(PACKAGE).as_posix()}/`\n"
    yield "The page: plain modules that the browser loads as they are.\n"
    yield "| File | |\n| --- | --- |"
    for path in sorted(folder.glob("*.js")):
        if not path.is_symlink():
            yield f"| `{path.name}` | {_first_comment(path)} |"
    yield ""


def _first_comment(path: Path) -> str:
    comment = re.match(r"/\*\*(.*?)(?:\n \*\n|\*/)", path.read_text(encoding="utf-8"), re.DOTALL)
    return " ".join(re.sub(r"^ \* ?", "", comment[1], flags=re.MULTILINE).split()) if comment else ""


def _first_paragraph(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(docstring.partition("\n\n")[0].split()).replace("|", "\\|")
