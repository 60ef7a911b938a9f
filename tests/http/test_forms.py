"""Calls that must be made and schemas that must be kept, in every dialect and for families that differ in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from tests.families.conftest import HOW
from tests.families.sources import fetched
from tests.families.table import FAMILIES
from tests.http.server import Address, events, fetch, serving

COLOURS = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["red", "green"]}},
    "required": ["colour"],
    "additionalProperties": False,
}
DOORS = {"type": "object", "properties": {"door": {"enum": ["front", "back"]}}, "required": ["door"]}
FUNCTIONS = [
    {"name": "paint", "description": "Paints.", "parameters": COLOURS},
    {"name": "open_door", "description": "Opens.", "parameters": DOORS},
]
TOOLS = [{"type": "function", "function": function} for function in FUNCTIONS]
FITTING = {"paint": [{"colour": "red"}, {"colour": "green"}], "open_door": [{"door": "front"}, {"door": "back"}]}
MESSAGES = [{"role": "user", "content": "Paint the house red."}]
ASKED: dict[str, Any] = {"model": "family", "temperature": 0}
ONE = {"parallel_tool_calls": False}
CHAT, RESPONSES, ANTHROPIC = "/v1/chat/completions", "/v1/responses", "/v1/messages"

pytestmark = [pytest.mark.timeout(300), pytest.mark.skipif(not fetched(), reason=HOW)]


@asynccontextmanager
async def family_server(name: str, folder: Path, worker: LlamaWorker) -> AsyncIterator[Address]:
    family = next(family for family in FAMILIES if family.name == name)
    path = family.write(folder)
    model = await worker.load_model(path, context_size=2048, sequences=2)
    async with serving(create_app(worker, models={"family": str(path)})) as address:
        yield address
    await model.unload()


_EVERY_DAY, _RARELY = ("Mistral Nemo",), ("gpt-oss", "Llama 3.2", "Kimi K2", "Qwen 3", "Functionary 3.2")


@pytest.fixture(params=[*_EVERY_DAY, *(pytest.param(name, marks=pytest.mark.slow) for name in _RARELY)])
async def server(request: pytest.FixtureRequest, tmp_path: Path, worker: LlamaWorker) -> AsyncIterator[Address]:
    async with family_server(request.param, tmp_path, worker) as address:
        yield address


def _check(name: str, arguments: Any) -> None:
    value = msgspec.json.decode(arguments) if isinstance(arguments, str) else arguments
    assert value in FITTING[name]


async def _ask(server: Address, path: str, body: dict[str, Any]) -> Any:
    answer = await fetch(server, "POST", path, ASKED | body)
    assert answer.status == 200, answer.body
    return events(answer.body) if body.get("stream") else answer.json()


async def test_what_must_be_a_call_is_one_in_every_dialect(server: Address) -> None:
    """Whole and streamed; and the next round takes it back."""
    await _chat(server)
    await _streamed_chat(server)
    await _responses(server)
    await _streamed_responses(server)
    await _anthropic(server)
    await _streamed_anthropic(server)
    await _schemas(server)


@pytest.mark.slow
async def test_a_template_without_calls_makes_those_that_must_be(tmp_path: Path, worker: LlamaWorker) -> None:
    """It cannot render them in the next round, so there is none here."""
    async with family_server("Gemma 3", tmp_path, worker) as server:
        await _streamed_chat(server)
        await _streamed_responses(server)
        await _streamed_anthropic(server)
        await _schemas(server)


async def _chat(server: Address) -> None:
    body = {"messages": MESSAGES, "tools": TOOLS, "max_tokens": 300, "stop": ['"']}
    answer = await _ask(server, CHAT, body | {"tool_choice": "required"} | ONE)
    choice = answer["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    (call,) = choice["message"]["tool_calls"]
    _check(call["function"]["name"], call["function"]["arguments"])
    assert answer["usage"]["completion_tokens"] > 0

    named = {"type": "function", "function": {"name": "open_door"}}
    answer = await _ask(server, CHAT, body | {"tool_choice": named})
    (other,) = answer["choices"][0]["message"]["tool_calls"]
    assert other["function"]["name"] == "open_door"

    said = {"role": "assistant", "content": None, "tool_calls": [call, other]}
    results = [{"role": "tool", "tool_call_id": one["id"], "content": "Done."} for one in (call, other)]
    history = {"messages": [*MESSAGES, said, *results], "tools": TOOLS, "tool_choice": "required", "max_tokens": 300}
    answer = await _ask(server, CHAT, history | ONE)
    assert answer["choices"][0]["finish_reason"] == "tool_calls"


async def _streamed_chat(server: Address) -> None:
    body = {"messages": MESSAGES, "tools": TOOLS, "tool_choice": "required", "max_tokens": 300, "stream": True}
    chunks = await _ask(server, CHAT, body | ONE | {"stream_options": {"include_usage": True}})
    *chunks, last = chunks
    assert last["usage"]["completion_tokens"] > 0
    choices = [chunk["choices"][0] for chunk in chunks]
    assert choices[-1]["finish_reason"] == "tool_calls"
    deltas = [delta for choice in choices for delta in choice["delta"].get("tool_calls", [])]
    assert deltas[0]["id"]
    _check(deltas[0]["function"]["name"], "".join(delta["function"]["arguments"] for delta in deltas))
    assert not any(choice["delta"].get("content") for choice in choices)


async def _responses(server: Address) -> None:
    tools = [{"type": "function", **function} for function in FUNCTIONS]
    body = {"input": "Paint the house red.", "tools": tools, "tool_choice": "required", "max_output_tokens": 300}
    answer = await _ask(server, RESPONSES, body | ONE)
    (call,) = answer["output"]
    assert call["type"] == "function_call"
    assert answer["status"] == "completed"
    _check(call["name"], call["arguments"])

    result = {"type": "function_call_output", "call_id": call["call_id"], "output": "Done."}
    history = body | {"input": [*MESSAGES, *answer["output"], result]}
    answer = await _ask(server, RESPONSES, history | {"tool_choice": {"type": "function", "name": "open_door"}})
    assert [item["name"] for item in answer["output"]] == ["open_door"]


async def _streamed_responses(server: Address) -> None:
    tools = [{"type": "function", **FUNCTIONS[0]}]
    body = {"input": "Paint.", "tools": tools, "tool_choice": "required", "max_output_tokens": 300, "stream": True}
    come = await _ask(server, RESPONSES, body | ONE)
    assert [event["sequence_number"] for event in come] == list(range(len(come)))
    arguments = "".join(e["delta"] for e in come if e["type"] == "response.function_call_arguments.delta")
    _check("paint", arguments)
    assert come[-1]["type"] == "response.completed"
    assert come[-1]["response"]["output"][0]["arguments"] == arguments


async def _anthropic(server: Address) -> None:
    tools = [{"name": f["name"], "input_schema": f["parameters"]} for f in FUNCTIONS]
    choice = {"type": "any", "disable_parallel_tool_use": True}
    body = {"messages": MESSAGES, "tools": tools, "tool_choice": choice, "max_tokens": 300}
    answer = await _ask(server, ANTHROPIC, body)
    assert answer["stop_reason"] == "tool_use"
    (block,) = answer["content"]
    _check(block["name"], block["input"])

    result = {"type": "tool_result", "tool_use_id": block["id"], "content": "Done."}
    said = {"role": "assistant", "content": [block]}
    history = body | {"messages": [*MESSAGES, said, {"role": "user", "content": [result]}]}
    answer = await _ask(server, ANTHROPIC, history | {"tool_choice": {"type": "tool", "name": "paint"}})
    assert [block["name"] for block in answer["content"]] == ["paint"]


async def _streamed_anthropic(server: Address) -> None:
    tools = [{"name": "paint", "input_schema": COLOURS}]
    body = {"messages": MESSAGES, "tools": tools, "tool_choice": {"type": "tool", "name": "paint"}, "max_tokens": 300}
    come = await _ask(server, ANTHROPIC, body | {"stream": True})
    parts = [event["delta"].get("partial_json", "") for event in come if event["type"] == "content_block_delta"]
    _check("paint", "".join(parts))
    assert next(e for e in come if e["type"] == "message_delta")["delta"]["stop_reason"] == "tool_use"


async def _schemas(server: Address) -> None:
    schema = {"name": "colours", "schema": COLOURS, "strict": True}
    body = {"messages": MESSAGES, "response_format": {"type": "json_schema", "json_schema": schema}, "max_tokens": 300}
    answer = await _ask(server, CHAT, body | {"thinking_budget_tokens": 0, "logprobs": True, "top_logprobs": 2})
    _check("paint", answer["choices"][0]["message"]["content"])
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert answer["choices"][0]["logprobs"]["content"]

    several = await _ask(server, CHAT, body | {"n": 2, "temperature": 1, "reasoning_effort": "none"})
    for choice in several["choices"]:
        _check("paint", choice["message"]["content"])
    assert len(several["choices"]) == 2

    text = {"format": {"type": "json_schema", "name": "colours", "schema": COLOURS}}
    asked = {"input": "Paint.", "text": text, "reasoning": {"effort": "none"}, "max_output_tokens": 300}
    answer = await _ask(server, RESPONSES, asked)
    _check("paint", answer["output"][0]["content"][0]["text"])

    config = {"format": {"type": "json_schema", "schema": COLOURS}}
    thinking = {"thinking": {"type": "disabled"}, "output_config": config}
    answer = await _ask(server, ANTHROPIC, {"messages": MESSAGES, "max_tokens": 300} | thinking)
    _check("paint", answer["content"][0]["text"])

    answer = await _ask(server, "/v1/completions", {"prompt": "Paint:", "json_schema": COLOURS, "max_tokens": 300})
    _check("paint", answer["choices"][0]["text"])


async def test_a_prompt_that_is_only_read_needs_no_form(tmp_path: Path, worker: LlamaWorker) -> None:
    """An answer of nothing is not in gpt-oss's form, and the engine would say so."""
    async with family_server("gpt-oss", tmp_path, worker) as server:
        for stream in (False, True):
            answer = await _ask(server, CHAT, {"messages": MESSAGES, "max_tokens": 0, "stream": stream})
            last = answer[-1] if stream else answer
            assert last["choices"][0]["finish_reason"] == "length"
        answer = await _ask(server, RESPONSES, {"input": "Paint.", "max_output_tokens": 0})
        assert answer["status"] == "incomplete"
        assert answer["output"] == []


async def test_a_schema_that_is_none_is_refused(tmp_path: Path, worker: LlamaWorker) -> None:
    broken = {"type": "json_schema", "json_schema": {"schema": {"type": "object", "properties": 5}}}
    async with family_server("Llama 3.2", tmp_path, worker) as server:
        answer = await fetch(server, "POST", CHAT, ASKED | {"messages": MESSAGES, "response_format": broken})
        assert answer.status == 400
