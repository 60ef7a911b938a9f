"""Answers as values of a type."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypedDict

import msgspec
import pytest

from llama_worker import Model, PromptOptions
from llama_worker.errors import InvalidOutputError
from llama_worker.testing import FakeModel
from llama_worker.worker.structured.response_format import ResponseFormat, response_format_of
from llama_worker.worker.structured.schemas import inline, schema_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

Name = Annotated[str, msgspec.Meta(max_length=8)]
QUESTION = [{"role": "user", "content": "Ann is 7 years old."}]


class Person(msgspec.Struct):
    name: Name
    age: Annotated[int, msgspec.Meta(ge=0, le=120)]


@dataclass
class Point:
    x: Literal[1, 2]
    y: Literal[3, 4]
    tags: list[Literal["a", "b"]] = field(default_factory=list)


class Options(TypedDict):
    loud: bool


class Node(msgspec.Struct):
    """A type that contains itself."""

    kind: Literal["leaf", "twig"]
    child: Node | None = None


class Family(msgspec.Struct):
    mother: Person
    father: Person


class FakePydantic:
    """What pydantic models have: nothing else of them is used, and pydantic is not installed for these tests."""

    def __init__(self, name: str) -> None:
        self.name = name

    @classmethod
    def model_json_schema(cls) -> dict[str, Any]:
        field = {"type": "string", "maxLength": 5, "title": "Name"}
        return {"type": "object", "properties": {"name": field}, "required": ["name"], "title": "FakePydantic"}

    @classmethod
    def model_validate_json(cls, text: str) -> FakePydantic:
        return cls(**json.loads(text))


@pytest.mark.parametrize(
    "kind", [Person, Point, Options, Family, FakePydantic, Literal["yes", "no"], list[Literal[1, 2]], bool]
)
async def test_parsed_is_an_instance_of_the_type(noise: Model, kind: Any) -> None:
    session = await noise.create_session()
    reply = await session.prompt("Ann is 7 years old.", response_format=kind, seed=3, temperature=0.7)
    expected = {Options: dict, Literal["yes", "no"]: str, list[Literal[1, 2]]: list}.get(kind, kind)
    assert isinstance(reply.parsed, expected)
    assert session.get_chat_history()[-1]["content"] == reply.text


async def test_a_type_may_contain_itself(noise: Model) -> None:
    reply = await noise.chat(QUESTION, response_format=Node, seed=3, temperature=0.7)
    assert isinstance(reply.parsed, Node)
    assert "$defs" in schema_of(Node, "")


@pytest.mark.parametrize("way", ["json_schema", "response_format"])
async def test_a_schema_gives_plain_values(noise: Model, way: str) -> None:
    schema = {
        "type": "object",
        "properties": {"size": {"enum": ["s", "m"]}},
        "required": ["size"],
        "additionalProperties": False,
    }
    form: dict[str, Any] = {way: schema}
    for operation in (
        noise.chat(QUESTION, temperature=0, **form),
        noise.complete("Ann", temperature=0, **form),
    ):
        assert (await operation).parsed["size"] in ("s", "m")


async def test_a_schema_may_come_as_openai_takes_it(noise: Model) -> None:
    schema = {
        "type": "object",
        "properties": {"size": {"enum": ["s", "m"]}},
        "required": ["size"],
        "additionalProperties": False,
    }
    wrapped = {"type": "json_schema", "json_schema": {"name": "size", "strict": True, "schema": schema}}
    assert (await noise.chat(QUESTION, response_format=wrapped, temperature=0)).parsed["size"] in ("s", "m")
    assert response_format_of({"type": "json_object"}, PromptOptions()) == ResponseFormat({"type": "object"})


async def test_a_schema_is_the_form_of_a_completed_prompt_too(noise: Model) -> None:
    """The same options serve `preload`, which answers nothing and so has no form to keep."""
    schema = {"type": "object", "properties": {"size": {"enum": ["s", "m"]}}, "required": ["size"]}
    options = PromptOptions(json_schema=schema, max_tokens=32, temperature=0)
    session = await noise.create_session()
    assert (await session.preload("As JSON: ", options)).text == ""
    completion = await session.complete_prompt("As JSON: ", options)
    assert json.loads(completion.text) == completion.parsed
    assert completion.parsed["size"] in ("s", "m")


async def test_text_that_is_cut_off_is_an_error_with_the_text(noise: Model) -> None:
    session = await noise.create_session(system_prompt="Be brief.")
    before = session.get_chat_history()
    with pytest.raises(InvalidOutputError, match="cut off") as error:
        await session.prompt("Ann", response_format=Person, max_tokens=3, temperature=0)
    assert error.value.text.lstrip().startswith("{")
    assert error.value.details()["text"] == error.value.text
    assert session.get_chat_history() == before
    assert (await session.prompt("Ann", max_tokens=2)).usage.completion_tokens == 2


async def test_the_stream_is_the_json(noise: Model) -> None:
    operation = noise.chat(QUESTION, response_format=Person, temperature=0)
    pieces = [piece async for piece in operation]
    assert msgspec.json.decode("".join(pieces), type=Person) == (await operation).parsed


async def test_a_value_that_no_grammar_can_rule_out_is_an_error(noise: Model) -> None:
    """A validator of the type's own may refuse what the schema allows."""

    class Picky(FakePydantic):
        @classmethod
        def model_validate_json(cls, text: str) -> FakePydantic:
            raise ValueError("too short")

    with pytest.raises(InvalidOutputError, match="too short"):
        await noise.chat(QUESTION, response_format=Picky, temperature=0)


async def test_references_are_put_in_place() -> None:
    schema = schema_of(Family, "")
    assert "$ref" not in json.dumps(schema)
    assert schema["properties"]["mother"] == schema["properties"]["father"]
    assert inline({"$ref": "#/$defs/a", "$defs": {"a": {"type": "null"}, "unused": {}}}) == {"type": "null"}


async def test_free_text_fits_a_type_or_not() -> None:
    shape = ResponseFormat(schema_of(Person, ""), Person)
    assert shape.fits('{"name": "Ann", "age": 7}')
    assert not shape.fits("Ann is 7")
    schema = response_format_of({"type": "object", "properties": {"age": {"type": "integer"}}}, PromptOptions())
    assert schema is not None
    assert schema.fits('{"age": 7}')
    assert not schema.fits('{"age": 7, "name": "Ann"}')


def birthday(name: str) -> str:
    """When somebody was born."""
    return "in May"


async def test_functions_and_a_schema_ask_once_for_an_answer_that_fits() -> None:
    schema = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
    fake = FakeModel('{"age": 7}', "seven", '{"age": 8}')
    async with fake as model:
        session = await model.create_session()
        for age, asked in ((7, 1), (8, 3)):
            reply = await session.prompt("How old?", functions=[birthday], response_format=schema)
            assert (reply.parsed, len(fake.requests)) == ({"age": age}, asked)
