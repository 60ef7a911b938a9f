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

from llama_worker import loggers
from tests.adapter_factory import pair, write_lora
from tests.gguf_factory import write_gguf
from tests.projector_factory import png, wav, write_projector
from tests.worker.infill.test_infill import coder

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
    """The folder in which a page runs: what its reader has, too."""
    write_gguf(tmp_path / "model.gguf", endless=True)
    write_lora(tmp_path / "pirate.gguf", changed={"blk.0.attn_q.weight": pair(192, 192)})  # of the built-in model
    write_projector(tmp_path / "mmproj.gguf", audio=True)
    coder(tmp_path)
    (tmp_path / "photo.png").write_bytes(png())
    (tmp_path / "speech.wav").write_bytes(wav())
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
