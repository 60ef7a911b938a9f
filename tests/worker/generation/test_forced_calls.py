"""Calls that must be made: in the form of the model's template, one or several, whatever the model would rather do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_worker import Model
from llama_worker.worker.generation.forced.reader import CallReader

pytestmark = pytest.mark.asyncio(loop_scope="module")


def function(name: str, **properties: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "function", "function": {"name": name, "description": name, "parameters": parameters}}


PAINT = function("paint", colour={"enum": ["red", "green"]})
OPEN = function("open", door={"enum": ["front", "back"]})
ASKED = [{"role": "user", "content": "mama papa"}]


@pytest.mark.parametrize(
    ("choice", "names"), [("required", {"paint", "open"}), ("paint", {"paint"}), ("open", {"open"})]
)
async def test_noise_calls_a_function_when_it_must(noise: Model, choice: str, names: set[str]) -> None:
    for seed in range(3):
        options: dict[str, Any] = {"seed": seed, "temperature": 2, "max_tokens": 300, "max_parallel_function_calls": 1}
        reply = await noise.chat(ASKED, functions=[PAINT, OPEN], function_choice=choice, **options)
        assert reply.finish_reason == "tool_calls"
        assert not reply.text
        (call,) = reply.tool_calls
        assert call.name in names
        allowed = (
            [{"colour": "red"}, {"colour": "green"}] if call.name == "paint" else [{"door": "front"}, {"door": "back"}]
        )
        assert json.loads(call.arguments) in allowed
        assert len(call.id) == 9


TEXTS = st.dictionaries(st.text(max_size=3), st.text(max_size=5) | st.lists(st.integers(), max_size=2), max_size=3)


@given(calls=st.lists(st.tuples(st.sampled_from(["a", "ab"]), TEXTS), max_size=4), cuts=st.lists(st.integers(1, 9)))
async def test_calls_are_read_however_the_text_is_cut(calls: list[tuple[str, dict[str, Any]]], cuts: list[int]) -> None:
    text = "".join(f"<call>{name}|{json.dumps(arguments)}</call>" for name, arguments in calls)
    reader = CallReader({"a": "<call>a|", "ab": "<call>ab|"}, "first")
    found: dict[int, list[str]] = {}
    names: dict[int, str | None] = {}
    while text:
        size = cuts.pop() if cuts else len(text)
        for delta in reader(json.dumps({"content": text[:size]}).encode()).tool_calls:
            names.setdefault(delta.index, delta.function.name)
            found.setdefault(delta.index, []).append(delta.function.arguments)
        text = text[size:]
    read = [(names[index], json.loads("".join(found[index]))) for index in sorted(found)]
    assert read == calls
