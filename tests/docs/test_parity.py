"""What the parity table says that we have exists, and what it does not know is told."""

from __future__ import annotations

import re

import pytest
from generators.parity import elsewhere, page
from generators.parity.binary import arguments
from generators.parity.fields import FIELDS
from generators.parity.routes import ROUTES
from generators.parity.running import Told
from starlette.routing import Route

from llama_worker import ChatSession, LlamaWorker, Model, Operation, options
from llama_worker.http import create_app

CLASSES = {"model": Model, "session": ChatSession, "worker": LlamaWorker, "operation": Operation}
KINDS = (options.ModelOptions, options.LlamaOptions, options.PromptOptions, options.SessionOptions)
QUOTED = re.compile(r"`([^`]+)`")
EVERYTHING = Told(frozenset(ROUTES), frozenset())


def named() -> set[str]:
    return {name for meaning in (*ROUTES.values(), *FIELDS.values()) for name in QUOTED.findall(meaning)}


def our_routes() -> set[str]:
    routes = [route for route in create_app(LlamaWorker()).routes if hasattr(route, "path")]
    plain = {f"{method} {route.path}" for route in routes if isinstance(route, Route) for method in route.methods or ()}
    return plain | {f"GET {route.path}" for route in routes if not isinstance(route, Route)}


def test_what_it_names_of_ours_exists() -> None:
    names, routes = named(), our_routes()
    fields = {field for kind in KINDS for field in kind.__struct_fields__}
    for name in names:
        owner, dot, attribute = name.partition(".")
        assert hasattr(CLASSES[owner], attribute) if dot else name in routes | fields, name


def test_what_is_neither_ours_nor_left_out_is_missing() -> None:
    assert all("`" in meaning or meaning.startswith("left out: ") for meaning in (*ROUTES.values(), *FIELDS.values()))


def test_what_the_engine_has_more_is_told_with_what_to_do() -> None:
    more = page.problems(arguments() | {"--new"}, Told(EVERYTHING.routes | {"GET /new"}, frozenset({"new"})))
    assert [sentence.split(":")[0] for sentence in more] == [
        "The engine has an argument that parity does not know, --new",
        "The engine has a route that parity does not know, GET /new",
        "The engine has a request field that parity does not know, new",
    ]


@pytest.mark.parametrize("gone", ["--ctx-size", "--color"])
def test_what_it_has_no_more_is_told(gone: str) -> None:
    fewer = Told(EVERYTHING.routes - {"GET /props"}, frozenset())
    assert [*page.problems(arguments() - {gone}, fewer)] == [
        f"The engine has no argument {gone} any more: take it out of parity.",
        "The engine has no route GET /props any more: take it out of parity.",
    ]


def test_other_programs_are_apart() -> None:
    assert not elsewhere.OTHER_PROGRAMS & elsewhere.OTHERS
