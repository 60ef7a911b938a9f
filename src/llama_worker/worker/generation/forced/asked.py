"""What is asked of an answer's form, by a session or over HTTP, and how it is held to it.

Sessions and servers ask here, so that what holds in one door holds in the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from msgspec import Struct, structs

from ....engine.api.endpoints import EngineRequest, apply_template, chat_template, completion_request
from ....engine.engine import Engine
from ....errors import InvalidOptionsError
from ...conversation import Message
from .answers import at_the_answer, is_left_to_the_engine, schema_grammar
from .calls import call_form
from .reader import CallReader


class Asked(Struct, frozen=True, kw_only=True, dict=True):
    """An answer to `messages`, the last of which is its own beginning if `begun`.

    `template` is what the chat template is told, `schema` what the answer must be, `most_calls` how many calls it may
    make, `grammar` whether the caller gave one of its own.
    """

    messages: tuple[Message, ...]
    template: Mapping[str, Any]
    tools: tuple[dict[str, Any], ...] = ()
    tool_choice: str = "auto"
    schema: dict[str, Any] | None = None
    most_calls: int | None = None
    reasoning_budget: int | None = None
    begun: bool = False
    grammar: bool = False

    @cached_property
    def form(self) -> str | None:
        """The grammar of ours for the schema, if there is one."""
        return schema_grammar(self.schema)

    @property
    def must_call(self) -> bool:
        """Whether the answer has to be a call, and nothing before it."""
        return bool(self.tools) and self.tool_choice == "required" and not self.begun

    @property
    def is_text_without_reasoning(self) -> bool:
        """Whether it is to be mere text, of any form."""
        plain = not self.grammar and self.schema is None and not self.tools
        return plain and self.reasoning_budget == 0


def check_template(engine: Engine, tools: Sequence[object], *, begun: bool = False) -> None:
    """Raise `InvalidOptionsError` for what templates cannot render that are code: functions, and an answer that has
    `begun`."""
    if engine.settings.jinja or not (tools or begun):
        return
    cannot = "present functions" if tools else "begin an answer with a text"
    message = f"The chat template {engine.settings.chat_template!r} cannot {cannot}: give the text of one in Jinja."
    raise InvalidOptionsError(message, path="functions" if tools else "response_prefix")


async def render(asked: Asked, engine: Engine) -> str:
    """The conversation as the chat template has it, with the beginning of an answer."""
    choice = "none" if asked.tool_choice == "none" else "auto"
    fields = {"tools": list(asked.tools), "tool_choice": choice} if asked.tools else {}
    return await apply_template(engine, asked.messages, asked.template, **fields)


class Prompt(NamedTuple):
    """A conversation as text, up to where the answer begins to be generated; and whether reasoning was closed there
    that the template opens whatever it is told. The engine's own budget misses the beginning of some of them."""

    text: str
    closed: bool


async def prompt_for(asked: Asked, engine: Engine) -> Prompt:
    """What is asked, as text. The form of the answer is not looked at."""
    rendered = await render(asked, engine)
    if not asked.is_text_without_reasoning:
        return Prompt(rendered, closed=False)
    text = at_the_answer(rendered, await chat_template(engine))
    return Prompt(text, closed=text != rendered)


async def is_constrained_here(asked: Asked, engine: Engine) -> bool:
    """Whether our grammar enforces an answer's form, and not the engine's endpoint, which tells reasoning from it."""
    if asked.must_call:
        return True
    if asked.form is None or asked.begun:
        return False
    return asked.reasoning_budget == 0 or not is_left_to_the_engine(await chat_template(engine))


async def constrained(asked: Asked, engine: Engine, body: Mapping[str, Any]) -> EngineRequest:
    """A request for an answer within our grammar; `body` is what else the engine is told."""
    prompt = at_the_answer(await render(asked, engine), await chat_template(engine))
    rest = {name: value for name, value in body.items() if name != "json_schema"}
    if not asked.must_call:
        return completion_request(rest | {"prompt": prompt, "grammar": asked.form})
    form = await call_form(engine, prompt, asked.messages, asked.template, asked.tools)
    grammar = form.grammar(asked.tools, asked.most_calls)
    fields = {"prompt": form.prompt, "grammar": grammar, "preserved_tokens": form.marks}
    request = completion_request(rest | fields)
    return structs.replace(request, parse=CallReader(form.beginnings, form.first_id))
