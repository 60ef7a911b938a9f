"""From the body of a server's request to what the engine is asked, and how its answer comes back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from msgspec import Struct

from ....engine.api.endpoints import (
    CHAT_COMPLETIONS,
    EngineRequest,
    completion_request,
    renderable,
)
from ....engine.api.media import media_data, modality_of, with_media
from ....engine.engine import Engine
from ...structured.response_format import schema_in
from ..forced.answers import schema_fields
from ..forced.asked import Asked, check_template, constrained, is_constrained_here, prompt_for, render
from .chat_events import ChatEvents

Body = dict[str, Any]
# What only the chat endpoint reads; `n_probs` says in a completion what these say of probabilities.
_OF_CHATS = frozenset(
    {"messages", "tools", "tool_choice", "parallel_tool_calls", "response_format", "chat_template_kwargs"}
    | {"reasoning_format", "thinking_budget_tokens", "stream_options", "verbose"}
    | {"logprobs", "top_logprobs"}
)


class Served(Struct, frozen=True):
    """What is sent where; `events` makes of a completion's events those of a chat, where a chat was asked for."""

    path: str
    body: Body
    events: ChatEvents | None = None

    def stream(self, engine: Engine, owner: Hashable) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The answer as bytes: server-sent events of the endpoint that the server's client asked."""
        if self.events is None:
            return engine.stream_bytes(self.path, self.body, owner=owner)
        return self._as_chat(engine, self.events, owner)

    @asynccontextmanager
    async def _as_chat(
        self, engine: Engine, events: ChatEvents, owner: Hashable
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        async with engine.stream(self.path, self.body, owner=owner) as payloads:
            yield events.of(payloads)


async def served(engine: Engine, path: str, body: Body) -> Served:
    """How a request for `path` is answered. Raises what the engine raises."""
    if path != CHAT_COMPLETIONS:
        return Served(path, _with_form(body))
    body = body | {"messages": await renderable(engine, body["messages"])}
    check_template(engine, body.get("tools") or (), begun=_is_begun(body))
    unbegun = body.get("add_generation_prompt") is False and not _is_begun(body)
    request = None if unbegun else await _held(engine, body)
    if request is None:
        return Served(path, _closing_reasoning(body) | {"reasoning_control": True})
    asked = with_media(request.body, media_data(body["messages"]))
    return Served(request.path, asked, ChatEvents(request.parse, engine.settings.alias, body))


def _with_form(body: Body) -> Body:
    """A text that is continued, kept to a schema on every vocabulary."""
    schema = schema_in(body)
    if schema is None:
        return body
    return {name: value for name, value in body.items() if name != "json_schema"} | schema_fields(schema)


async def _held(engine: Engine, body: Body) -> EngineRequest | None:
    """A completion that keeps what the chat endpoint would not; None where the chat endpoint does well."""
    if not _is_well_formed(body):
        return None
    asked, rest = _asked(body), _for_completion(body)
    if body.get("max_tokens") == 0:  # a prompt that is only read: there is no answer whose form could be told
        return completion_request(rest | {"prompt": await render(asked, engine)})
    if asked.grammar and asked.tools:
        return None
    if await is_constrained_here(asked, engine):
        without_stop = {name: value for name, value in rest.items() if name != "stop"}
        return await constrained(asked, engine, without_stop if asked.must_call else rest)
    if asked.is_text_without_reasoning and (prompt := await prompt_for(asked, engine)).closed:
        return completion_request(rest | {"prompt": prompt.text})
    return None


def _asked(body: Mapping[str, Any]) -> Asked:
    messages, template = body["messages"], _template(body)
    budget = 0 if template.get("enable_thinking") is False else body.get("thinking_budget_tokens")
    return Asked(
        messages=tuple(messages),
        template=template,
        tools=tuple(body.get("tools") or ()),
        tool_choice=body.get("tool_choice", "auto"),
        schema=schema_in(body),
        most_calls=1 if body.get("parallel_tool_calls") is False else None,
        reasoning_budget=budget,
        begun=_is_begun(body),
        grammar="grammar" in body,
    )


def _is_begun(body: Mapping[str, Any]) -> bool:
    """Whether the last message is the beginning of the answer."""
    messages = body["messages"]
    return bool(messages) and messages[-1].get("role") == "assistant"


def _template(body: Mapping[str, Any]) -> Body:
    """What the template is told, in one place: no reasoning can be said in two."""
    none = body.get("thinking_budget_tokens") == 0
    return ({"enable_thinking": False} if none else {}) | (body.get("chat_template_kwargs") or {})


def _closing_reasoning(body: Body) -> Body:
    """Without a budget for reasoning, the template is told so, too."""
    return body | {"chat_template_kwargs": _template(body)} if body.get("thinking_budget_tokens") == 0 else body


def _for_completion(body: Body) -> Body:
    rest = {name: value for name, value in body.items() if name not in _OF_CHATS}
    if isinstance(stop := rest.get("stop"), str):
        rest["stop"] = [stop]
    if body.get("logprobs"):
        rest["n_probs"] = body.get("top_logprobs") or 1
    return rest


def _is_well_formed(body: Mapping[str, Any]) -> bool:
    """Whether it is about texts, images, sounds and functions and nothing else, in the form that the engine demands."""
    tools = body.get("tools") or ()
    functions = all(isinstance(tool.get("function"), Mapping) for tool in tools)
    return functions and all(_is_content(message.get("content")) for message in body["messages"])


def _is_content(content: Any) -> bool:
    if content is None or isinstance(content, str):
        return True
    return isinstance(content, list) and all(map(_is_part, content))


def _is_part(part: Any) -> bool:
    return isinstance(part, dict) and (part.get("type") == "text" or modality_of(part) is not None)
