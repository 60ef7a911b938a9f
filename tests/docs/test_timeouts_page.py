"""docs/explanation/timeouts.md says how long the clocks run that are options."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import fields

from llama_worker.options import LlamaOptions, PromptOptions
from llama_worker.options.server import ServerOptions

PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "timeouts.md").read_text(encoding="utf-8")
CLOCKS = [
    pytest.param(name, field.default, id=f"{kind.__name__}.{name}")
    for kind in (LlamaOptions, PromptOptions, ServerOptions)
    for name, field in ((each.name, each) for each in fields(kind))
    if name.endswith("_timeout") or (kind is ServerOptions and name == "keep_alive")
]


@pytest.mark.parametrize(("name", "seconds"), CLOCKS)
def test_a_clock_is_told(name: str, seconds: float) -> None:
    rows = [row for row in PAGE.splitlines() if row.startswith("|") and f"`{name}`" in row]
    assert any(re.search(rf"\| {seconds:g}\b", row) for row in rows), rows
