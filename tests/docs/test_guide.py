"""Every page of the guide runs from top to bottom, as it is written."""

from __future__ import annotations

import ast
import inspect
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from website.examples.folder import prepare

from llama_worker import loggers

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
PAGES = sorted(GUIDE.glob("*.md"))


def compiled(page: Path) -> CodeType:
    """The page's Python blocks as one program that may await at its top level; lines are those of the page."""
    text = page.read_text(encoding="utf-8")
    program = ["\n"] * text.count("\n")
    for block in re.finditer(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        first = text[: block.start(1)].count("\n")
        for offset, line in enumerate(block[1].splitlines(keepends=True)):
            program[first + offset] = line
    code: CodeType = compile(
        "".join(program), str(page), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True
    )
    return code


@pytest.fixture
def files(tmp_path: Path) -> Path:
    prepare(tmp_path)
    return tmp_path


@pytest.fixture
def quiet_afterwards() -> Iterator[None]:
    """One page asks the loggers to tell everything."""
    yield
    for logger in (loggers.PACKAGE, loggers.TEXT):
        logger.setLevel(logging.NOTSET)


@pytest.mark.usefixtures("quiet_afterwards")
@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
async def test_a_page_runs(page: Path, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(files)
    namespace: dict[str, Any] = {"__name__": "__guide__"}
    result = eval(compiled(page), namespace)
    if inspect.isawaitable(result):
        await result


def test_there_is_a_page_for_each_part() -> None:
    assert {page.stem for page in PAGES} >= {"sessions", "options", "structured-output", "tools", "saving", "logging"}
    for page in PAGES:
        assert "```python" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
