"""A call that must be made: the model writes it in its template's own form, and can write nothing else.

The form is read off the template: a conversation in which each function was called is rendered, and what stands around
the arguments is what the model begins with. Where the template does not write arguments as JSON, or has no calls, a
line `{"name": ..., "arguments": ...}` does; the next turn renders the call in the template's form in any case.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from ....engine.api.calls import new_id
from ....engine.api.endpoints import apply_template
from ....engine.engine import Engine
from ....errors import EngineRequestError
from ...conversation import Message
from ...structured.grammars.from_schema import NOT_CONVERTIBLE, Converter
from ...structured.grammars.prefix import literal
from ...structured.schemas import closed, inline

_MOST_RENDERED = 64
_ARGUMENTS = {"probe": "probe"}
_RESULT = "result of the probe"
# What may be a control token: the engine shows those in its answers only when it is told to.
_MARK = re.compile(r"<[^<>\s]+>|\[[^\[\]\s]+\]")
_WRITTEN = re.compile(r'\{\s*"probe":\s*"probe"\s*\}')
Render = Callable[[Sequence[Message]], Awaitable[str]]
"""Renders the conversation with these messages after it, and without the beginning of an answer."""


class CallForm(Struct, frozen=True):
    """How calls are written: after `prompt` one of the `beginnings`, by function, then its arguments, then `end`.

    `between` stands before another call's beginning, None when there can be no other. The first call's id is
    `first_id`.
    """

    prompt: str
    beginnings: Mapping[str, str]
    first_id: str
    between: str | None = None
    end: str = ""

    @property
    def marks(self) -> list[str]:
        """The control tokens that calls may be written with, for the engine to show them."""
        written = [*self.beginnings.values(), self.between or "", self.end]
        return sorted({mark for text in written for mark in _MARK.findall(text)})

    def grammar(self, tools: Sequence[dict[str, Any]], limit: int | None) -> str:
        """GBNF for one call, or more unless `limit` is one; a larger limit is for whoever reads them to keep."""
        converter = Converter({}, loosely=True)  # arguments are checked before a function is called
        calls = [f"{literal(self.beginnings[_name(tool)])} {_arguments(tool, converter)}" for tool in tools]
        more = "" if limit == 1 or self.between is None else f"({literal(self.between)} call)*"
        end = f"{literal(self.end)}?" if self.end else ""
        lines = [f"root ::= call {more} {end}", f"call ::= {' | '.join(calls)}"]
        return "\n".join([*lines, *converter.rules({})[1:], ""])


async def call_form(
    engine: Engine,
    prompt: str,
    messages: Sequence[Message],
    template: Mapping[str, Any],
    tools: Sequence[dict[str, Any]],
) -> CallForm:
    """How calls are written after `prompt`, which is `messages` rendered, with the beginning of an answer."""

    async def render(more: Sequence[Message]) -> str:
        fields = {"tools": list(tools), "add_generation_prompt": False}
        return await apply_template(engine, [*messages, *more], template, **fields)

    return await _form_of_template(prompt, render, tools) or _plain_form(prompt, tools)


def _plain_form(prompt: str, tools: Sequence[dict[str, Any]]) -> CallForm:
    """A call as an object of JSON."""
    beginnings = {_name(tool): f'{{"name": {json.dumps(_name(tool))}, "arguments": ' for tool in tools}
    return CallForm(prompt, beginnings, new_id(), end="}")


async def _form_of_template(prompt: str, render: Render, tools: Sequence[dict[str, Any]]) -> CallForm | None:
    """Calls as the model's template writes them; None when it does not, or not as JSON. `prompt` ends with the
    beginning of an answer."""
    names = [_name(tool) for tool in tools]
    if len(names) > _MOST_RENDERED:
        return None
    identity = new_id()
    try:
        before = await render(())
        written = [await render(_made(identity, name)) for name in names]
        twice = await render(_made(identity, names[0], names[0]))
    except EngineRequestError:
        return None
    begun = [_begun(before, text) for text in written]
    if not all(begun):
        return None
    shared = min(_shared(prompt, text) for text in begun)
    beginnings = {name: text[shared:] for name, text in zip(names, begun, strict=True)}
    between, end = _around(written[0], twice, beginnings[names[0]], identity)
    return CallForm(prompt[:shared], beginnings, identity, between, end)


def _begun(before: str, text: str) -> str:
    """A conversation up to the arguments of its last call; empty when they are not there, or not after the rest."""
    found = list(_WRITTEN.finditer(text))
    return text[: found[-1].start()] if found and text.startswith(before) and found[-1].start() > len(before) else ""


def _around(once: str, twice: str, beginning: str, identity: str) -> tuple[str | None, str]:
    """What stands between two calls, and after the last one; no more than one call where that is not to be seen."""
    found = list(_WRITTEN.finditer(twice))
    if len(found) < 2 or identity in beginning:
        return None, ""
    between, after = twice[found[-2].end() : found[-1].start()], once[list(_WRITTEN.finditer(once))[-1].end() :]
    if _RESULT in between:
        return None, ""
    own = _common(beginning[::-1], between[::-1])[::-1]
    if len(own) < len(beginning.lstrip()) or not (between := between.removesuffix(own)):
        return None, ""
    return between, _common(between, after)


def _shared(prompt: str, text: str) -> int:
    """How much of a prompt a text begins with: all of it, or up to the end of a mark."""
    length = len(_common(prompt, text))
    return length if length == len(prompt) else 1 + max(prompt.rfind(end, 0, length) for end in ">]\n")


def _common(one: str, two: str) -> str:
    """What both begin with."""
    length = next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    return one[:length]


def _made(identity: str, *names: str) -> list[Message]:
    """Calls of these functions, with their results: the engine takes an answer at the end for one to go on with."""
    identities = [identity, *(new_id() for _ in names[1:])]
    arguments = json.dumps(_ARGUMENTS)
    calls = [
        {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}
        for id, name in zip(identities, names, strict=True)
    ]
    results: list[Message] = [{"role": "tool", "tool_call_id": id, "content": _RESULT} for id in identities]
    return [{"role": "assistant", "content": "", "tool_calls": calls}, *results]


def _name(tool: Mapping[str, Any]) -> str:
    return str(tool["function"]["name"])


def _arguments(tool: Mapping[str, Any], converter: Converter) -> str:
    parameters = tool["function"].get("parameters") or {"type": "object"}
    try:
        expression = converter.expression(closed(inline(parameters)))
    except NOT_CONVERTIBLE:
        return "object"
    return "object" if expression == "value" else expression
