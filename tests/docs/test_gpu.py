"""The table of defaults in docs/guide/gpu.md is that of the code."""

from __future__ import annotations

from pathlib import Path

from llama_worker.engine.defaults import defaults
from llama_worker.options import LlamaOptions, ModelOptions

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "gpu.md"


def test_every_default_is_in_the_table_and_no_other() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("## The numbers")[2].partition("\n## ")[0]
    rows = [row for row in section.splitlines() if row.startswith("| `")]
    assert rows == [f"| `{default.option}` | {default.value} | {default.reason} |" for default in defaults()]


def test_each_is_an_option() -> None:
    options = {*ModelOptions.__struct_fields__, *LlamaOptions.__struct_fields__}
    assert {default.option for default in defaults()} <= options
