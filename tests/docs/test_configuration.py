"""The files that the guide shows are files that are read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from llama_worker import load_config

DOCS = Path(__file__).parents[2] / "docs"
BLOCKS = [
    pytest.param(block, id=f"{page.stem}-{number}")
    for page in sorted(DOCS.rglob("*.md"))
    for number, block in enumerate(
        re.findall(r"^```toml\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.M)
    )
]


@pytest.mark.parametrize("block", BLOCKS)
def test_a_configuration_of_the_docs_is_read(block: str, tmp_path: Path) -> None:
    file = tmp_path / "llama-worker.toml"
    file.write_text(block, encoding="utf-8")
    assert load_config(file).models


def test_there_is_one() -> None:
    assert BLOCKS
