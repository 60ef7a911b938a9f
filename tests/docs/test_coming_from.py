"""The pages for people who come from elsewhere: their code is Python at least, and our names are names."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from website.examples.page import OURS

from llama_worker import ChatSession, LlamaWorker, Model, Operation, Reply
from llama_worker.options import LlamaOptions, ModelOptions, PromptOptions, SessionOptions

PAGES = sorted((Path(__file__).parents[2] / "docs" / "coming-from").glob("*.md"))
HANDLES = {"worker": LlamaWorker, "model": Model, "session": ChatSession, "operation": Operation, "reply": Reply}
OPTIONS = {
    name for kind in (LlamaOptions, ModelOptions, PromptOptions, SessionOptions) for name in kind.__struct_fields__
}
ARGUMENTS = OPTIONS | {"functions", "response_format", "include_state"}
ELSEWHERE = {"create_app"}


def ours(page: Path) -> list[str]:
    """Our side of the tables of names."""
    rows = re.findall(r"^\| (.+) \|$", page.read_text(encoding="utf-8").partition("## Names")[2], re.MULTILINE)
    return [row.split(" | ")[1] for row in rows[2:]]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_methods_that_are_named_exist(page: Path) -> None:
    text = " ".join(ours(page))
    for handle, name in re.findall(rf"(?<!-)\b({'|'.join(HANDLES)})\.([a-z]\w+)", text):
        kind = HANDLES[handle]
        assert hasattr(kind, name) or name in getattr(kind, "__struct_fields__", ()), f"{handle}.{name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_options_that_are_named_exist(page: Path) -> None:
    for row in ours(page):
        given = re.findall(r"\b([a-z_]+)=", row)
        alone = re.findall(r"`([a-z]+_[a-z_]+)`", row)
        assert {*given, *alone} <= ARGUMENTS | ELSEWHERE, row


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_code_of_others_is_python(page: Path) -> None:
    blocks = re.findall(
        r'^```python title="([^"]+)"\n(.*?)^```', page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    for title, code in blocks:
        if title != OURS:
            compile(code, page.name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
