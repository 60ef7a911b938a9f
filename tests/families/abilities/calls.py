"""Function calls: in the history, where the template must render them, and forced."""

from __future__ import annotations

from typing import Any, Literal

from llama_worker.messages.values import ToolCall

from .laboratory import Laboratory

Colour = Literal["red", "green"]
_BOUNDED = 256


def paint(colour: Colour) -> str:
    """Paint the house in a colour."""
    return f"The house is {colour} now."


def open_door(door: Literal["front", "back"]) -> str:
    """Open one of the two doors."""
    return f"The {door} door is open."


_FUNCTIONS = [paint, open_door]


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
    seen: list[ToolCall] = []

    def approve(call: ToolCall) -> bool:
        seen.append(call)
        return True

    session = await lab.model.create_session()
    await session.prompt(
        "Do something.",
        functions=_FUNCTIONS,
        function_choice=choice,
        approve=approve,
        max_function_rounds=1,
        max_parallel_function_calls=1,
        on_function_error="raise",
        temperature=0,
        max_tokens=_BOUNDED,
        reasoning_budget=4,
    )
    assert seen, "no call was made"
    assert {call.name for call in seen} <= names
