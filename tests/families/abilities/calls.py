"""Function calls: in the history, where the template must render them, and forced."""

from __future__ import annotations

from typing import Any

import msgspec

from llama_worker.engine.api.endpoints import capabilities

from .laboratory import Laboratory, NotPossible

_BOUNDED = 256


def _function(name: str, parameter: str, *values: str) -> dict[str, Any]:
    properties = {parameter: {"type": "string", "enum": list(values)}}
    parameters = {"type": "object", "properties": properties, "required": [parameter]}
    return {"type": "function", "function": {"name": name, "description": f"{name}.", "parameters": parameters}}


_FUNCTIONS = [_function("paint", "colour", "red", "green"), _function("open_door", "door", "front", "back")]
_ARGUMENTS = {"paint": [{"colour": "red"}, {"colour": "green"}], "open_door": [{"door": "front"}, {"door": "back"}]}


async def call_and_result(lab: Laboratory) -> None:
    """A call of the history, its result, and a call with an id of llama.cpp's own, are read in the next turn."""
    await _goes_on_after(lab, [_call(0, "paint", '{"colour": "red"}')])


async def two_calls(lab: Laboratory) -> None:
    """Two calls of one answer, and their results, are read in the next turn."""
    await _goes_on_after(lab, [_call(0, "paint", '{"colour": "red"}'), _call(1, "open_door", '{"door": "back"}')])


async def required_call(lab: Laboratory) -> None:
    """An answer that must be a call is one of a known function, with arguments that fit."""
    await _forced(lab, "required", {"paint", "open_door"})


async def named_call(lab: Laboratory) -> None:
    """An answer that must call one function calls that one."""
    await _forced(lab, "open_door", {"open_door"})


def _call(number: int, name: str, arguments: str) -> dict[str, Any]:
    identity = f"call{number}".ljust(32, "x")  # as long as those that llama.cpp makes up
    return {"id": identity, "type": "function", "function": {"name": name, "arguments": arguments}}


async def _goes_on_after(lab: Laboratory, calls: list[dict[str, Any]]) -> None:
    async with lab.model.runtime.borrow_engine() as engine:
        if not (await capabilities(engine)).get("supports_tool_calls"):
            raise NotPossible("llama.cpp finds no place for calls in its template")
    names = {call["id"]: call["function"]["name"] for call in calls}
    results = [{"role": "tool", "tool_call_id": id, "name": name, "content": "Done."} for id, name in names.items()]
    session = await lab.model.create_session()
    before = [{"role": "user", "content": "Paint the house red."}]
    session.set_chat_history([*before, {"role": "assistant", "content": "", "tool_calls": calls}, *results])
    without = await lab.model.count_tokens(before)
    form = {"max_tokens": 0, "grammar": None} if lab.family.opening else {}
    reply = await lab.say(session, "Thank you.", functions=_FUNCTIONS, function_choice="none", **form)
    assert reply.usage.prompt_tokens > without + 8 * len(calls)


async def _forced(lab: Laboratory, choice: str, names: set[str]) -> None:
    session = await lab.model.create_session()
    options: dict[str, Any] = {"temperature": 0, "max_tokens": _BOUNDED, "functions": _FUNCTIONS}
    reply = await session.prompt("Do something.", function_choice=choice, max_parallel_function_calls=1, **options)
    assert reply.finish_reason == "tool_calls", f"it ended with {reply.finish_reason!r}: {reply.text!r}"
    assert reply.tool_calls, "it made no call"
    assert {call.name for call in reply.tool_calls} <= names
    for call in reply.tool_calls:
        assert msgspec.json.decode(call.arguments) in _ARGUMENTS[call.name]
