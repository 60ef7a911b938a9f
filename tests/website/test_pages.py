"""Every page has its place in the navigation, and every public name in the reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from website.configuration import settings

from website import api, pages

MODULES = ("llama_worker", "llama_worker.sync", "llama_worker.testing", "llama_worker.ports", "llama_worker.http")
# Documented where they are at home.
ELSEWHERE = {"llama_worker": {"LlamaWorkerBridge": "llama_worker.ports", "WorkerService": "llama_worker.ports"}}


def places(entry: Any) -> Iterator[str]:
    """The pages of the navigation."""
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, dict):
        for below in entry.values():
            yield from places(below)
    else:
        for each in entry:
            yield from places(each)


def test_every_page_stands_in_the_navigation_once() -> None:
    told = Counter(places(settings()["project"]["nav"]))
    there = {place for place in pages.english().values() if place.endswith(".md")} | set(api.pages())
    assert there - told.keys() == set(), "without a line in website/zensical.toml"
    assert told.keys() - there == set(), "not there"
    assert [place for place, count in told.items() if count > 1] == []


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_in_the_reference_once(module: str) -> None:
    told = Counter(name for page in api.PAGES.values() if page.module == module for name in page.names)
    elsewhere = ELSEWHERE.get(module, {})
    assert told == Counter(name for name in import_module(module).__all__ if name not in elsewhere)
    for name, other in elsewhere.items():
        assert getattr(import_module(module), name) is getattr(import_module(other), name)


def test_sections_have_names_in_every_language() -> None:
    told = settings()
    titles = set(sections(told["project"]["nav"]))
    for language in pages.LANGUAGES:
        if language.code != pages.ENGLISH:
            assert titles - told["sections"][language.code].keys() == PROPER_NAMES


PROPER_NAMES = {"Python", "llama-cpp-python", "Ollama", "node-llama-cpp", "LM Studio", "transformers"} | {
    "LangChain",
    "LlamaIndex",
    "pydantic-ai",
    "Haystack",
    "llm",
}


def sections(entry: Any) -> Iterator[str]:
    """The titles of the navigation's sections."""
    for each in entry:
        if isinstance(each, dict):
            for title, below in each.items():
                yield title
                yield from sections(below if isinstance(below, list) else [])
