"""Every ability of every family is there, or not, as the table in docs/models-that-work.md says."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_worker import LlamaWorker

from .checking import YES, check
from .conftest import HOW
from .family import Family
from .limits import limit_of
from .sources import fetched
from .table import FAMILIES

_EVERY_DAY = ("Qwen 3", "LFM2")
_CHATTING = [family for family in FAMILIES if family.chats]


async def _compare(family: Family, worker: LlamaWorker, folder: Path) -> None:
    if not fetched():
        pytest.skip(HOW)
    found = await check(family, worker, folder)
    wrong = {}
    for ability, outcome in found.items():
        limit = limit_of(family, ability)
        if limit is None and outcome != YES:
            wrong[ability] = outcome
        elif limit is not None and outcome == YES:
            wrong[ability] = f"it works, and is declared not to: {limit.reason}"
    assert not wrong


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", _EVERY_DAY)
async def test_some_families_every_day(name: str, worker: LlamaWorker, tmp_path: Path) -> None:
    await _compare(next(family for family in FAMILIES if family.name == name), worker, tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("family", _CHATTING, ids=lambda family: family.slug)
async def test_all_families(family: Family, worker: LlamaWorker, tmp_path: Path) -> None:
    await _compare(family, worker, tmp_path)
