"""Every option is explained where people look for it: in its Struct's docstring and in the guide."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from llama_worker.options import ContextOptions, LlamaOptions, ModelOptions, Options, PromptOptions, SessionOptions

GUIDE = "".join(path.read_text(encoding="utf-8") for path in (Path(__file__).parents[2] / "docs").glob("guide/*.md"))
OPTIONS = [
    pytest.param(kind, name, id=f"{kind.__name__}.{name}")
    for kind in (LlamaOptions, ContextOptions, ModelOptions, PromptOptions, SessionOptions)
    for name in kind.__struct_fields__
    if kind is not ModelOptions or name not in ContextOptions.__struct_fields__
]


@pytest.mark.parametrize(("kind", "name"), OPTIONS)
def test_an_option_is_in_its_docstring(kind: type[Options], name: str) -> None:
    assert f"`{name}`" in inspect.cleandoc(kind.__doc__ or "")


@pytest.mark.parametrize(("kind", "name"), OPTIONS)
def test_an_option_is_in_the_guide(kind: type[Options], name: str) -> None:
    assert f"`{name}" in GUIDE or f"{name}=" in GUIDE
