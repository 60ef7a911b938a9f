"""Texts continued as they stand: a completion, and what the user is typing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...engine.api.endpoints import apply_template
from ...engine.api.media import media_data
from ...engine.api.option_fields import template_options
from ...engine.engine import Engine
from ...errors import InvalidOptionsError
from ...options import PromptOptions, build_options
from ..conversation import Message, check_text
from ..operations.operation import Operation
from ..reply import Reply
from .generation import Generation
from .option_checks import check_options
from .prompt_arguments import PromptArguments
from .request import GenerationRequest

COMPLETION_TOKENS = 64
"""How long `complete_prompt` goes on unless it is told."""


class Completion:
    """One generation without messages, in the form that was asked for."""

    def __init__(self, generation: Generation, prompt: str, arguments: PromptArguments) -> None:
        self._generation = generation
        self._arguments = arguments
        self._request = GenerationRequest(options=arguments.options, prompt=prompt, schema=arguments.schema)

    async def run(self, operation: Operation[Reply, str]) -> Reply:
        return self._arguments.parsed(await self._generation.run(operation, self._request))

    def partial(self) -> Reply:
        return self._generation.partial()


def check_completion(prompt: str, arguments: PromptArguments) -> None:
    """Raises `InvalidOptionsError` for what a text without messages cannot have."""
    options = arguments.options
    check_text(prompt, "prompt")
    if arguments.functions is not None or arguments.options.mcp:
        raise InvalidOptionsError("A completion cannot call functions: use chat().", path="functions")
    if options.response_prefix and (options.grammar is not None or options.json_schema is not None):
        message = "A completion cannot have both a response_prefix and a grammar: put the prefix into the prompt."
        raise InvalidOptionsError(message, path="response_prefix")


def user_completion_arguments(options: PromptOptions | None, changes: Mapping[str, Any]) -> PromptArguments:
    """What `complete_prompt` was given. Raises `InvalidOptionsError`."""
    given = {"max_tokens": COMPLETION_TOKENS, **changes} if options is None else changes
    return PromptArguments.of(build_options(PromptOptions, options, given))


def preload_arguments(options: PromptOptions | None, changes: Mapping[str, Any]) -> PromptArguments:
    """What `preload` was given; it generates nothing, and so keeps to no form. Raises `InvalidOptionsError`."""
    checked = build_options(PromptOptions, options, {**changes, "max_tokens": 0})
    check_options(checked)
    return PromptArguments(options=checked)


async def user_completion(
    engine: Engine, messages: Sequence[Message], typed: Message, arguments: PromptArguments
) -> GenerationRequest:
    """The conversation, cut off within its last message, which is `typed`.

    Some templates trim messages; the white space they cut off is put back.
    """
    text = str(typed["content"])
    template = template_options(arguments.options)
    rendered = await apply_template(engine, [*messages, typed], template, add_generation_prompt=False)
    trimmed = text.strip()
    end = rendered.rfind(trimmed) + len(trimmed)
    blank = text[len(text.rstrip()) :]
    media = media_data(messages)
    return GenerationRequest(
        options=arguments.options, prompt=rendered[:end] + blank, schema=arguments.schema, media=media
    )
