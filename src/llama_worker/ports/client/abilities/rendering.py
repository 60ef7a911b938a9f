"""What a model sees of a conversation, over a port."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Unpack

from msgspec import convert

from ....messages import Render
from ....messages.values import Rendered
from ....options import PromptOptions
from ....options.signatures import lists_options
from ....worker.conversation import check_messages
from ....worker.generation.prompt_arguments import PromptArguments
from ....worker.generation.prompt_keywords import PromptKeywords
from ..generation import sent_functions
from .ability import ModelAbility


@lists_options
class RenderingAbilities(ModelAbility):
    """As `worker.abilities.rendering.RenderingAbilities`."""

    async def render(
        self,
        messages: Iterable[Mapping[str, Any]],
        options: PromptOptions | PromptArguments | None = None,
        /,
        *,
        add_generation_prompt: bool = True,
        **changes: Unpack[PromptKeywords[Any]],
    ) -> Rendered:
        """As `Model.render`."""
        arguments = PromptArguments.read(options, changes)
        facts = {
            "messages": check_messages(messages),
            "options": arguments.as_json,
            "functions": sent_functions(arguments),
            "add_generation_prompt": add_generation_prompt,
        }
        return convert(await self._remote.value(Render, model=self.id, **facts), Rendered)
