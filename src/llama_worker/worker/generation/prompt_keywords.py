"""The keyword arguments of a prompt, for editors and type checkers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

from ...options.keywords import PromptOptionKeywords
from ..reply import Parsed

if TYPE_CHECKING:
    from typing_extensions import TypeForm

    from ..tools.functions import Functions
    from ..tools.toolbox import Approval


class CompletionKeywords(PromptOptionKeywords, Generic[Parsed], total=False):
    """The options, and `response_format`: a type that `reply.parsed` is then one of, or a JSON schema."""

    # A TypeForm is any type that can be written, `Literal` and unions too; checkers that do not know it know `type`.
    response_format: type[Parsed] | TypeForm[Parsed] | dict[str, Any] | None


class PromptKeywords(CompletionKeywords[Parsed], Generic[Parsed], total=False):
    """As `CompletionKeywords`, and `functions` that the model may call; `approve`, asked before each call."""

    functions: Functions | None
    approve: Approval | None
