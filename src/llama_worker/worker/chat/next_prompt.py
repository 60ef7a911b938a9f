"""What the next prompt of a conversation begins with, whatever it will ask."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct

from ...engine.api.endpoints import RequestSender, apply_template, tokenize
from ...engine.api.media import media_data, multimodal
from ...engine.api.option_fields import template_options
from ...errors import EngineRequestError
from ...options import SessionOptions
from ..conversation import Message, answers_to_calls, closed_turn, pending_calls
from ..generation.prompt_arguments import PromptArguments
from ..inert.guard import ContentGuard
from ..inert.policy import Policy

Item = TypeVar("Item")
# So different that no two have a token, or a part of one, in common: white space joins what the template writes.
_QUESTIONS = ("Why", " 1", "\n\n#")


class Seen(Struct, frozen=True):
    """What the model sees of a conversation: the messages, and with what options and functions they are rendered."""

    messages: Sequence[Message]
    template: Mapping[str, Any] = {}
    tools: Sequence[Mapping[str, Any]] = ()


def as_seen(guard: ContentGuard, messages: Sequence[Message], asked: PromptArguments, session: SessionOptions) -> Seen:
    """The messages as the model will see them when they are asked on as it was `asked` last."""
    policy, toolbox = Policy.of(asked.options, session).accepted, asked.toolbox()
    tools = guard.tools(toolbox.tools if toolbox else (), policy)
    return Seen(guard.messages(messages, policy), template_options(asked.options), tools)


async def shared_beginning(engine: RequestSender, seen: Seen) -> list[int] | Mapping[str, Any]:
    """The tokens that every next prompt begins with: of the conversation, and what the template writes after it. With
    images or sounds the text, as only the engine knows their tokens.

    Not what the conversation alone would be rendered to: templates leave reasoning out, and trim answers, once a
    question follows, and the engine goes on with an answer that comes last. A state with a token more than the next
    prompt is of no use to models with a sliding window or a recurrent state, as those cannot take one back.
    """
    rendered = await _rendered(engine, seen)
    if media := media_data(seen.messages):
        text = "".join(_shared(rendered))
        return multimodal(text, media) if text else []
    return _shared([await _tokens(engine, prompt) for prompt in rendered])


def _shared(prompts: Sequence[Sequence[Item]]) -> list[Item]:
    """What all begin with."""
    alike = itertools.takewhile(lambda items: len(set(items)) == 1, zip(*prompts, strict=False))
    return [item for item, *_ in alike]


async def _rendered(engine: RequestSender, seen: Seen) -> list[str]:
    """The conversation with different endings; by itself when the template can render none of them."""
    fields = {"tools": list(seen.tools)} if seen.tools else {}
    try:
        conversations = [[*seen.messages, *more] for more in _endings(seen.messages)]
        return [await apply_template(engine, messages, seen.template, **fields) for messages in conversations]
    except EngineRequestError:
        alone = {**fields, "add_generation_prompt": False}
        return [await apply_template(engine, seen.messages, seen.template, **alone)]


def _endings(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """Questions, and results where calls wait for them."""
    waiting = [call["id"] for call in pending_calls(messages)]
    for text in _QUESTIONS:
        yield [*closed_turn(messages), {"role": "user", "content": text}]
        if waiting:
            yield answers_to_calls(messages, dict.fromkeys(waiting, text))


async def _tokens(engine: RequestSender, prompt: str) -> list[int]:
    return await tokenize(engine, prompt, add_special=True, parse_special=True)
