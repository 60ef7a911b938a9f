"""Every dialect translates or refuses whatever JSON stands in the place of a value, without a failure of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from typing import Any

import pytest

from llama_worker.errors import InvalidOptionsError
from llama_worker.http.dialects.anthropic.messages import Messages
from llama_worker.http.dialects.chat import Chat
from llama_worker.http.dialects.completions import Completion
from llama_worker.http.dialects.dialect import Exchange
from llama_worker.http.dialects.native.generating import Infill
from llama_worker.http.dialects.responses.responses import Responses as StoringResponses
from llama_worker.http.problems import Problem
from llama_worker.http.storing.database import Database
from llama_worker.http.storing.responses import ResponseStore
from llama_worker.worker.generation.reasoning.effort import body_with_effort
from llama_worker.worker.inert.policy import Policy

Responses = partial(StoringResponses, store=ResponseStore(Database(None), 0))
OTHERS: list[Any] = [None, True, 7, 0.5, "text", "", [], ["low"], [[]], [{}], {}, {"type": []}, {"a": {"b": 1}}]
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}
FUNCTION = {"name": "f", "description": "d", "parameters": SCHEMA}
CHAT = {
    "messages": [
        {"role": "developer", "content": "s"},
        {"role": "user", "content": [{"type": "text", "text": "hi"}]},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
        },
        {"role": "tool", "tool_call_id": "c", "content": "4"},
    ],
    "tools": [{"type": "function", "function": FUNCTION}],
    "tool_choice": {"type": "function", "function": {"name": "f"}},
    "response_format": {"type": "json_schema", "json_schema": {"schema": SCHEMA}},
    "reasoning_effort": "low",
    "chat_template_kwargs": {"enable_thinking": True},
    "stop": ["a"],
    "logit_bias": {"1": 2.0},
}
RESPONSES = {
    "input": [
        {"role": "user", "content": [{"type": "input_text", "text": "hi"}]},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "t"}]},
        {"role": "assistant", "content": [{"type": "output_text", "text": "a"}]},
        {"role": "assistant", "content": "b"},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": [{"type": "input_text", "text": "4"}]},
    ],
    "tools": [{"type": "function", **FUNCTION}],
    "tool_choice": {"type": "function", "name": "f"},
    "text": {"format": {"type": "json_schema", "name": "n", "schema": SCHEMA}},
    "reasoning": {"effort": "low", "summary": "auto"},
}
ANTHROPIC = {
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "hi"}]},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "t"},
                {"type": "tool_use", "id": "c", "name": "f", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "c", "content": [{"type": "text", "text": "4"}]}],
        },
    ],
    "system": [{"type": "text", "text": "s"}],
    "tools": [{"name": "f", "input_schema": SCHEMA}],
    "tool_choice": {"type": "tool", "name": "f"},
    "thinking": {"type": "enabled", "budget_tokens": 10},
    "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": SCHEMA}},
}
COMPLETION = {"prompt": ["a", [1]], "stop": ["a"], "logit_bias": [[1, 2.0]], "json_schema": SCHEMA}
INFILL = {"input_prefix": "a", "input_suffix": "b", "input_extra": [{"text": "c"}]}


@pytest.mark.parametrize(
    ("dialect", "body"),
    [(Chat, CHAT), (Responses, RESPONSES), (Messages, ANTHROPIC), (Completion, COMPLETION), (Infill, INFILL)],
)
def test_whatever_a_value_is(dialect: Callable[[dict[str, Any]], Exchange], body: dict[str, Any]) -> None:
    dialect(deepcopy(body))
    taken = [other for other in mutants(body) if is_taken(dialect, other)]
    assert taken


@pytest.mark.parametrize("effort", [{}, ["low"], {"a": 1}, 3, True])
def test_an_effort_is_a_word(effort: Any) -> None:
    with pytest.raises(InvalidOptionsError, match="reasoning_effort is one of"):
        body_with_effort({"reasoning_effort": effort}, "")
    with pytest.raises(Problem) as refused:
        Responses({"input": "hi", "reasoning": {"effort": effort}})
    assert refused.value.param == "reasoning.effort"
    with pytest.raises(Problem) as refused:
        Messages({"messages": [{"role": "user", "content": "hi"}], "output_config": {"effort": effort}})
    assert refused.value.param == "output_config.effort"


@pytest.mark.parametrize("source", ["text", 7, ["low"], {"type": {}}])
def test_an_image_is_an_object(source: Any) -> None:
    with pytest.raises((Problem, InvalidOptionsError)):
        Messages({"messages": [{"role": "user", "content": [{"type": "image", "source": source}]}]})


def is_taken(dialect: Callable[[dict[str, Any]], Exchange], body: dict[str, Any]) -> bool:
    try:
        asked = body_with_effort(dialect(body).body, "")
        for message in asked.get("messages", ()):
            Policy().for_role(message.get("role"))
    except (Problem, InvalidOptionsError):
        return False
    return True


def mutants(value: Any) -> Iterator[Any]:
    """The value with another one in each of its places."""
    places = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for place, item in list(places):
        for other in [*deepcopy(OTHERS), *mutants(item)]:
            copy = deepcopy(value)
            copy[place] = other
            yield copy
