"""What is let through to the engine, and what is refused before it gets there."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import Any

import pytest
from benchmarks.costs import grammar_limits as shapes
from hypothesis import given, settings
from hypothesis import strategies as st

from llama_worker import Model, Operation, Reply
from llama_worker.errors import EngineRequestError, InvalidOptionsError, InvalidOutputError, OperationAborted
from llama_worker.worker.generation.prompt_arguments import PromptArguments
from llama_worker.worker.structured.grammars import NAMES, find_grammar
from llama_worker.worker.structured.limits import MOST_BIASES, check_bias, check_fields, check_grammar, check_schema
from llama_worker.worker.structured.limits.gbnf import Grammar, GrammarReader
from llama_worker.worker.structured.schemas import inline
from tests.worker.structured.hostile import FIELDS, GRAMMARS, SCHEMAS

QUESTION = [{"role": "user", "content": "Hello!"}]
LARGEST: dict[str, dict[str, Any]] = {
    "nested": shapes.nested(200),
    "alternatives": shapes.alternatives(1900),
    "overlapping": shapes.overlapping(6),
    "optional": shapes.optional_twice(12),
    "rules": shapes.rules(990),
    "forks": shapes.forks(12),
    "repetitions": shapes.repetitions(4),
    "text": shapes.text_bytes(49_000),
    "enum": shapes.enum(2000),
    "properties": shapes.properties(300),
    "any_of": shapes.any_of(250),
    "one_of": shapes.one_of(250),
    "objects": shapes.deep_objects(49),
    "lengths": shapes.many_lengths(90),
    "items": shapes.min_items(1999),
    "pattern": shapes.pattern(1),
    "multiple": shapes.multiple_of(99_991),
}
"""About the largest of each kind that is let through."""


class Calls:
    """Counts function calls, which is what a check costs wherever it runs."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> Calls:
        sys.setprofile(self._count)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _count(self, frame: FrameType, event: str, argument: object) -> None:
        self.count += event in ("call", "c_call")


@pytest.mark.parametrize("name", FIELDS)
def test_hostile_forms_are_refused_for_little(name: str) -> None:
    with Calls() as calls, pytest.raises(InvalidOptionsError) as caught:
        check_fields(FIELDS[name])
    assert calls.count < 2_000_000
    assert caught.value.path in FIELDS[name]
    with pytest.raises(InvalidOptionsError) as caught:
        check_fields(FIELDS[name], "engine_options")
    assert caught.value.path == "engine_options"


@pytest.mark.parametrize("name", NAMES)
def test_our_own_grammars_are_let_through(name: str) -> None:
    check_grammar(find_grammar(name))


@pytest.mark.parametrize("name", LARGEST)
def test_the_largest_are_let_through(name: str) -> None:
    check_fields(LARGEST[name])


ORDINARY_PATTERNS = [
    r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$",
    r"^[\w.+-]+@[\w-]+\.[a-z]{2,10}$",
    r"^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$",
    r"^(?:[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*)@example\.org$",
    r"^([a-z]+-)*[a-z]+$",
    r"^(\([0-9]{3}\))?[0-9]{3}-[0-9]{4}$",
    r"^(?!foo)[^\s@]+$",
    r"^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$",
    r"^#[0-9a-fA-F]{6}$",
    r"^.{1,200}$",
    r"^\S+( \S+){0,20}$",
]


@pytest.mark.parametrize("pattern", ORDINARY_PATTERNS)
def test_ordinary_patterns_are_let_through(pattern: str) -> None:
    check_schema({"type": "string", "pattern": pattern})


def component(depth: int) -> dict[str, Any]:
    """In the manner of a published API: links, nullable fields, lists of labels, users within users."""
    user = {"type": "object", "properties": {name: {"type": "string", "format": "uri"} for name in USER}}
    label = {"oneOf": [{"type": "string"}, {"type": "object", "properties": {"name": {"type": ["string", "null"]}}}]}
    properties: dict[str, Any] = {f"field_{index}": {"type": "string", "maxLength": 255} for index in range(50)}
    properties |= {"user": user, "assignees": {"type": ["array", "null"], "items": user}}
    properties |= {"labels": {"type": "array", "items": label}, "state": {"enum": ["open", "closed"]}}
    if depth:
        properties |= {"parent": {"anyOf": [component(depth - 1), {"type": "null"}]}}
    return {"type": "object", "properties": properties, "required": ["user", "labels"]}


USER = ["login", "avatar_url", "html_url", "followers_url", "gists_url", "repos_url", "events_url", "site_admin"]
ORDINARY: dict[str, dict[str, Any]] = {
    "component": component(3),
    "300 values": {"enum": [f"country {index}" for index in range(300)]},
    "50 nullable": {
        "type": "object",
        "properties": {f"p{i}": {"anyOf": [{"type": "string"}, {"type": "null"}]} for i in range(50)},
    },
    "syntax tree": {
        "$defs": {
            f"node{i}": {
                "type": "object",
                "properties": {f"child{j}": {"$ref": f"#/$defs/node{j}"} for j in range(30)},
            }
            for i in range(30)
        },
        "$ref": "#/$defs/node0",
    },
    "itself": {"type": "object", "properties": {"next": {"$ref": "#"}}},
    "prices": {"type": "array", "items": {"type": "number", "multipleOf": 0.01, "minimum": 0}, "maxItems": 100},
    "words of schemas as names": {
        "type": "object",
        "properties": {"pattern": {"type": "string"}, "enum": {"type": "string"}, "minItems": {"type": "integer"}},
    },
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_schemas_are_let_through(name: str) -> None:
    check_schema(ORDINARY[name])
    check_schema([{"type": "function", "function": {"name": "f", "parameters": ORDINARY[name]}}], "tools")
    inline(ORDINARY[name])


def test_many_tools_are_let_through() -> None:
    check_schema(shapes.tools(100)["tools"], "tools")


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_refused_wherever_it_is_given(name: str) -> None:
    schema = SCHEMAS[name]
    wrapped = {"type": "json_schema", "json_schema": {"schema": schema}}
    tool = {"name": "f", "description": "", "params": schema}
    for path, arguments in (
        ("json_schema", {"json_schema": schema}),
        ("response_format", {"response_format": schema}),
        ("response_format", {"response_format": wrapped}),
        ("functions", {"functions": [tool]}),
        ("engine_options", {"engine_options": {"response_format": wrapped}}),
    ):
        with pytest.raises(InvalidOptionsError) as caught:
            PromptArguments.read(None, arguments)
        assert caught.value.path == path


@pytest.mark.parametrize("name", GRAMMARS)
def test_a_grammar_is_refused_wherever_it_is_given(name: str) -> None:
    for path, arguments in (
        ("grammar", {"grammar": GRAMMARS[name]}),
        ("engine_options", {"engine_options": {"grammar": GRAMMARS[name]}}),
    ):
        with pytest.raises(InvalidOptionsError) as caught:
            PromptArguments.read(None, arguments)
        assert caught.value.path == path


def test_biases_are_counted() -> None:
    check_bias(MOST_BIASES)
    with pytest.raises(InvalidOptionsError, match=f"at least 100000 biases, and {MOST_BIASES} is the most"):
        PromptArguments.read(None, {"token_bias": dict.fromkeys(range(100_000), 0.5)})
    with pytest.raises(InvalidOptionsError) as caught:
        check_fields({"logit_bias": {str(token): 1 for token in range(100_000)}})
    assert caught.value.path == "logit_bias"


def test_multiples_that_must_meet_are_counted_together() -> None:
    check_schema({"allOf": [{"multipleOf": number} for number in (5, 15, 60, 100, 0.01, 1e-7)]})
    with pytest.raises(InvalidOptionsError, match="multipleOf"):
        check_schema({"allOf": [{"multipleOf": 997}, {"multipleOf": 991}]})


def read(text: str) -> Grammar:
    return GrammarReader(text, 1000, 10).read()


def test_repetitions_are_written_out_as_the_engine_does() -> None:
    letter = (True, ((97, 97),))
    assert read('root ::= "a"{2,3}').elements == [letter, None, None, letter, letter, 2, None]
    assert read('root ::= "a"+').elements == [letter, 2, None, None, letter, 2, None]
    assert read("root ::= [^a-z\\]-]").elements == [(False, ((97, 122), (93, 93), (45, 45))), None]
    assert read('root ::= "a"{0,2001}').elements == read('root ::= "a"*').elements


KEYWORDS = [
    *("type", "enum", "const", "properties", "required", "anyOf", "allOf", "oneOf", "items", "prefixItems", "pattern"),
    *(
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minimum",
        "multipleOf",
        "$ref",
        "$defs",
        "additionalProperties",
    ),
]
texts = st.text(alphabet='abr:=|()[]{}*+?.\\"#\n ,019-^<>!', max_size=120)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYWORDS) | texts, inner, max_size=4),
    max_leaves=30,
)


@settings(max_examples=300, deadline=None)
@given(texts)
def test_no_grammar_upsets_the_check(text: str) -> None:
    for form in (text, f"root ::= {text}", f"root ::= a\na ::= {text} | root"):
        with Calls() as calls:
            refused(partial(check_grammar, form))
        assert calls.count < 2_000_000


@settings(max_examples=300, deadline=None)
@given(values)
def test_no_schema_upsets_the_check(value: Any) -> None:
    with Calls() as calls:
        refused(partial(check_schema, value))
        refused(partial(check_fields, {"grammar": value, "tools": value, "logit_bias": value}))
    assert calls.count < 2_000_000


def refused(check: Callable[[], None]) -> bool:
    try:
        check()
    except InvalidOptionsError:
        return True
    return False


@pytest.mark.parametrize("shape", [shapes.nested, shapes.text_bytes, shapes.enum_bytes, shapes.required, shapes.tools])
def test_checks_take_time_in_proportion(shape: Callable[[int], dict[str, Any]]) -> None:
    counts = []
    for size in (100, 200):
        with Calls() as calls:
            check_fields(shape(size))
        counts.append(calls.count)
    assert counts[1] < 3 * counts[0]


def test_a_schema_that_contains_itself_in_memory_is_refused() -> None:
    schema: dict[str, Any] = {"type": "object"}
    schema["properties"] = {"again": schema, "twice": schema}
    with pytest.raises(InvalidOptionsError):
        check_schema(schema)


@pytest.mark.parametrize("name", LARGEST)
@pytest.mark.asyncio(loop_scope="module")
async def test_the_engine_answers_the_largest_and_others_at_once(noise: Model, name: str) -> None:
    """Far below the bound on a quiet machine: it tells seconds from minutes."""
    fields = LARGEST[name] | {"max_tokens": 8}
    async with asyncio.timeout(30):
        for begin in (partial(noise.chat, QUESTION, **fields), partial(noise.complete, "x", **fields)):
            first, second = begin(), begin()
            first.abort()
            await ended(first)
            await asyncio.sleep(0.05)
            second.abort()
            await ended(second)
            await ended(begin())
            assert (await noise.complete("x", max_tokens=1)).usage.completion_tokens == 1


async def ended(operation: Operation[Reply, str]) -> None:
    """However: an abort, an answer that was cut off, or the engine's own refusal."""
    with suppress(OperationAborted, InvalidOutputError, EngineRequestError):
        await operation


@pytest.mark.asyncio(loop_scope="module")
async def test_nobody_else_notices_what_is_refused(noise: Model) -> None:
    begun = noise.complete("x", max_tokens=50)
    for fields in FIELDS.values():
        with pytest.raises(InvalidOptionsError):
            noise.complete("x", **fields)
    assert (await begun).usage.completion_tokens == 50
    assert (await noise.complete("x", max_tokens=1)).usage.completion_tokens == 1
