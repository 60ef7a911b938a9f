"""`--schema`: files, JSON, and a few words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest

from llama_worker.cli.inputs.schemas import read_schema
from llama_worker.cli.inputs.standard_input import StandardInput
from tests.cli.driving import call

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
}


def read(given: str) -> dict[str, Any]:
    return read_schema(given, StandardInput())


def test_three_ways_to_say_the_same(tmp_path: Path) -> None:
    file = tmp_path / "person.json"
    file.write_text(json.dumps(PERSON))
    assert read("name, age int") == read(json.dumps(PERSON)) == read(str(file)) == PERSON


def test_fields_may_be_lists_and_explained() -> None:
    schema = read("tags str[]: at most three, short\nscore float\nsure bool")
    assert schema["properties"] == {
        "tags": {"type": "array", "items": {"type": "string"}, "description": "at most three, short"},
        "score": {"type": "number"},
        "sure": {"type": "boolean"},
    }


@pytest.mark.parametrize("given", ["", "name int int", "a, a", "{", "[]", "nowhere.json", "name: ", '{"a": }'])
def test_what_is_no_schema_is_told(given: str) -> None:
    with pytest.raises(click.UsageError, match=r"--schema|There is no file"):
        read(given)


@pytest.mark.slow
def test_the_answer_has_that_form_and_the_reply_is_json() -> None:
    done = call("run", "builtin", "Maria is 31 years old.", "--schema", "name, age int", "--json", "--temperature", "0")
    assert done.returncode == 0, done.stderr
    reply = json.loads(done.stdout)
    assert set(reply["parsed"]) == {"name", "age"}
    assert reply["usage"]["completionTokens"] > 0
