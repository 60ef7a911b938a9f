"""Gaps filled in the middle of a text, over a port."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from ....messages import Infill, InfillFile
from ....options import PromptOptions
from ....options.signatures import lists_options
from ....worker.generation.completion import check_completion
from ....worker.generation.prompt_arguments import PromptArguments
from ....worker.generation.prompt_keywords import CompletionKeywords
from ....worker.infill.prompt import check_gap
from ....worker.operations.operation import Operation
from ....worker.reply import Parsed, Reply
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
    ) -> Operation[Reply[Parsed], str]:
        """As `Model.infill`."""
        arguments = PromptArguments.read(options, changes)
        check_completion("", arguments)
        gap = check_gap(prefix, suffix, extra)
        self.ensure_loaded()
        files = tuple(InfillFile(filename=name, text=text) for name, text in gap.extra)
        facts = {"prefix": gap.prefix, "suffix": gap.suffix, "extra": files, "model": self.id}
        return self._remote.generate("infill", arguments, self.refresh, Infill, **facts)
