"""What a model sees of a conversation, shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Unpack

from msgspec import structs

from ...engine.api.endpoints import apply_template
from ...engine.api.option_fields import template_options
from ...engine.engine import Engine
from ...messages.values import Rendered
from ...options import PromptOptions
from ...options.signatures import lists_options
from ..chat.turn import Turn
from ..conversation import check_messages, with_system_prompt
from ..generation.generated import Generated
from ..generation.prompt_arguments import PromptArguments
from ..generation.prompt_keywords import PromptKeywords
from ..generation.reasoning.budget import budget_of
from ..generation.request import GenerationRequest, build_request
from ..templates.rendering import rendered, shown
from .ability import ModelAbility


@lists_options
class RenderingAbilities(ModelAbility):
    """What a model is given to read, without having it read anything."""

    async def render(
        self,
        messages: Iterable[Mapping[str, Any]],
        options: PromptOptions | PromptArguments | None = None,
        /,
        *,
        add_generation_prompt: bool = True,
        **changes: Unpack[PromptKeywords[Any]],
    ) -> Rendered:
        """What the model would see if `chat` were called with the same arguments: text and tokens, control tokens told
        apart. Nothing is generated.

        `add_generation_prompt=False` leaves out what begins the answer. An image or a sound is shown as the engine's
        mark for one. Raises `InvalidOptionsError`, and `EngineRequestError` when the chat template refuses.
        """
        arguments = PromptArguments.read(options, changes).with_effort(self.runtime.guard.template)
        conversation = with_system_prompt(check_messages(messages), arguments.options.system_prompt)
        turn = Turn(self.runtime, self, arguments)
        await turn.open()
        request = turn.first_request(conversation)
        special = self.runtime.guard.texts
        async with self.runtime.borrow_engine() as engine:
            if not add_generation_prompt:
                return await shown(engine, await _without_opening(engine, request), special)
            budget = await budget_of(request, engine)
            if budget and budget.form_follows:
                request = structs.replace(request, schema=None)  # it is asked for after the reasoning
            asked = await build_request(request, Generated(), engine)
            return await rendered(engine, asked.path, asked.body, special)


async def _without_opening(engine: Engine, request: GenerationRequest) -> str:
    fields = {"tools": list(request.tools)} if request.tools else {}
    template = template_options(request.options)
    return await apply_template(engine, request.messages or (), template, add_generation_prompt=False, **fields)
