"""What a model sees of a conversation, without async."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Unpack

from ...messages.values import Rendered
from ...options import PromptOptions
from ...options.signatures import lists_options
from ...worker.generation.prompt_arguments import PromptArguments
from ...worker.generation.prompt_keywords import PromptKeywords
from .ability import ModelAbility


@lists_options
class RenderingAbilities(ModelAbility):
    """As `worker.abilities.rendering.RenderingAbilities`."""

    def render(
        self,
        messages: Iterable[Mapping[str, Any]],
        options: PromptOptions | PromptArguments | None = None,
        /,
        *,
        add_generation_prompt: bool = True,
        **changes: Unpack[PromptKeywords[Any]],
    ) -> Rendered:
        return self._loop.run(
            self._model.render(messages, options, add_generation_prompt=add_generation_prompt, **changes)
        )
