"""Gaps filled in the middle of a text, without async."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from ...options import PromptOptions
from ...options.signatures import lists_options
from ...worker.generation.prompt_arguments import PromptArguments
from ...worker.generation.prompt_keywords import CompletionKeywords
from ...worker.reply import Parsed
from ..operation import Operation
from .ability import ModelAbility


@lists_options
class InfillAbilities(ModelAbility):
    """As `worker.abilities.infill.InfillAbilities`."""

    def infill(
        self,
        prefix: str,
        suffix: str,
        options: PromptOptions | PromptArguments | None = None,
        /,
        *,
        extra: Sequence[tuple[str, str]] = (),
        **changes: Unpack[CompletionKeywords[Parsed]],
    ) -> Operation[Parsed]:
        infilling = self._loop.call(self._model.infill, prefix, suffix, options, extra=extra, **changes)
        return Operation(self._loop, infilling)
