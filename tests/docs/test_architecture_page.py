"""The page on architecture: the files it names exist, and a prompt takes the way that it describes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from benchmarks.costs.prompt_path import measure

import llama_worker

ROOT = Path(__file__).parents[2]
PACKAGE = Path(llama_worker.__file__).parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`((?:cli|http|ports|sync|worker|engine|models|messages|options|errors)/[\w./]*)`")


def flow(title: str) -> list[str]:
    """The files of a flow in their order, each once, without the way back."""
    section = PAGE.split(f"### {title}")[1].split("\n#")[0].split("8. Back")[0]
    return list(dict.fromkeys(NAMED.findall(section)))


@pytest.mark.parametrize("name", sorted(set(NAMED.findall(PAGE))))
def test_what_is_named_exists(name: str) -> None:
    assert (PACKAGE / name).exists()


async def test_a_prompt_takes_the_way_that_is_described() -> None:
    """The files are reached in the order in which the page lists them."""
    path = await measure()
    reached = list(dict.fromkeys(file for file, _ in path.steps))
    described = [name for name in flow("A prompt over stdio") if name in reached]
    places = [reached.index(name) for name in described]
    assert len(described) >= 15
    assert set(flow("A prompt over stdio")) - set(reached) <= {"engine/api/chunks.py"}
    assert places == sorted(places)
