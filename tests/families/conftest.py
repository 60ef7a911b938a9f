"""The laboratory's models, each written when it is needed and removed after it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from llama_worker import LlamaWorker

from .family import Family
from .sources import fetched

HOW = "run `python -m tests.families` to fetch templates and vocabularies"


@pytest.fixture
def model_path(family: Family, tmp_path: Path) -> Iterator[Path]:
    """The family's model file."""
    if not fetched():
        pytest.skip(HOW)
    path = family.write(tmp_path)
    yield path
    path.unlink()


@pytest.fixture
async def worker() -> AsyncIterator[LlamaWorker]:
    async with LlamaWorker() as worker:
        yield worker
