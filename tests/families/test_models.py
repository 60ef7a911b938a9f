"""Every family's model is one that the engine loads, with a vocabulary and a template that work."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_worker import LlamaWorker
from llama_worker.models.gguf.inspect import read_header

from .architectures import ARCHITECTURES
from .family import Family
from .table import FAMILIES

_one_of_each = list({family.architecture: family for family in reversed(FAMILIES)}.values())
_EVERY_DAY = _one_of_each[::4]
by_family = pytest.mark.parametrize(
    "family",
    [
        pytest.param(family, id=family.slug, marks=[] if family in _EVERY_DAY else pytest.mark.slow)
        for family in FAMILIES
    ],
)
"""Of every fourth architecture one family every day, all of them with `-m slow`."""


def test_there_are_at_least_forty_families_and_every_architecture_has_one() -> None:
    assert len(FAMILIES) >= 40
    assert {family.architecture for family in FAMILIES} == set(ARCHITECTURES)
    assert len({family.slug for family in FAMILIES}) == len(FAMILIES)


@by_family
async def test_it_loads_and_reads(family: Family, model_path: Path, worker: LlamaWorker) -> None:
    header = read_header(model_path)
    assert header.architecture == ARCHITECTURES[family.architecture].name
    model = await worker.load_model(model_path, context_size=1024, sequences=1)
    tokens = await model.tokenize("The weather in Lisbon is fine.")
    assert 4 < len(tokens) < 20
    if family.chats:
        assert await model.count_tokens([{"role": "user", "content": "Hello"}]) > 1
