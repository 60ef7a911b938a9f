"""Gaps filled in the middle of a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from ...options import PromptOptions
from ...options.signatures import lists_options
from ..generation.completion import check_completion
from ..generation.prompt_arguments import PromptArguments
from ..generation.prompt_keywords import CompletionKeywords
from ..infill.infilling import Infilling
from ..infill.prompt import check_gap
from ..operations.operation import Operation
from ..reply import Parsed, Reply
from .ability import ModelAbility


@lists_options
class InfillAbilities(ModelAbility):
    """What a model for code writes at a cursor."""

    def infill(
        self,
        prefix: str,
        suffix: str,
        options: PromptOptions | PromptArguments | None = None,
        /,
        *,
        extra: Sequence[tuple[str, str]] = (),
        **changes: Unpack[CompletionKeywords[Parsed]],
    ) -> Operation[Reply[Parsed], str]:
        """Write what stands between `prefix` and `suffix`.

        `extra` are other files of the project, as `(filename, text)`, the most important last. What does not fit into
        the context beside the answer is left out: files from the first on, then what is farthest from the gap.
        Raises `InvalidOptionsError` at once, and `NotSupportedError` when the model was not trained for it.
        """
        arguments = PromptArguments.read(options, changes)
        check_completion("", arguments)
        infilling = Infilling(self.runtime, check_gap(prefix, suffix, extra), arguments, owner=self)
        return self.runtime.generate("infill", infilling.run, infilling.partial, arguments.options)
