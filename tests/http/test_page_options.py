"""The page's numbers have the ranges of the options, no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec import inspect, json

import llama_worker.http
from llama_worker import LlamaWorker
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from llama_worker.options import PromptOptions
from tests.http.server import fetch, serving

PAGE = Path(llama_worker.http.__file__).parent / "page"


def fields_of_the_page() -> list[str]:
    found = re.search(r"const FIELDS = (\[.*?\]);", (PAGE / "options.js").read_text())
    assert found
    return list(json.decode(found[1], type=list[str]))


def limits_of_the_page() -> dict[str, dict[str, float | str]]:
    """The module's object, read as JSON."""
    text = (PAGE / "limits.js").read_text().partition("LIMITS = ")[2].strip().rstrip(";")
    quoted = re.sub(r"(\w+):", r'"\1":', text)
    return json.decode(re.sub(r",(\s*\})", r"\1", quoted), type=dict[str, dict[str, float | str]])


def number_of(name: str) -> inspect.IntType | inspect.FloatType:
    """The type of an option that is a number, or nothing."""
    info = inspect.type_info(PromptOptions)
    assert isinstance(info, inspect.StructType)
    kind = next(field.type for field in info.fields if field.encode_name == name)
    members = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    return next(member for member in members if isinstance(member, inspect.IntType | inspect.FloatType))


@pytest.mark.parametrize("name", fields_of_the_page())
def test_a_field_takes_what_its_option_takes(name: str) -> None:
    """And where 0.33 is a value of the option, no step stands in its way."""
    kind, limits = number_of(name), limits_of_the_page()[name]
    assert (limits["min"], limits["max"]) == (kind.ge, kind.le)
    assert limits["step"] == (1 if isinstance(kind, inspect.IntType) else "any")


def test_the_page_says_no_range_of_its_own() -> None:
    """It stands in one place."""
    assert not re.search(r"\b(min|max|step):", (PAGE / "options.js").read_text())


async def test_the_ranges_are_served(worker: LlamaWorker, store: ModelStore, tmp_path: Path) -> None:
    """With the page's other files."""
    async with serving(create_app(worker, store=store, data=tmp_path / "chats.db")) as address:
        answer = await fetch(address, "GET", "/page/limits.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.body == (PAGE / "limits.js").read_bytes()
