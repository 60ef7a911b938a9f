"""A budget of reasoning, kept here where a template opens the reasoning itself and the engine may not see that."""

from __future__ import annotations

from msgspec import Struct

from ...engine.api.endpoints import chat_template
from ...engine.engine import Engine
from .forced.answers import at_the_answer
from .generated import Generated
from .request import GenerationRequest, rendered_for

# The engine closes reasoning right at the budget where it sees it; what it holds back of the end is told later.
_SLACK = 8


class ReasoningBudget(Struct, frozen=True):
    """So many tokens, and the text that ends reasoning and begins the answer."""

    tokens: int
    closing: str

    def is_spent(self, generated: Generated) -> bool:
        """Whether reasoning goes on that should have ended."""
        reasons = generated.reasoning and not generated.text and not generated.closing
        return bool(reasons) and generated.tokens >= self.tokens + _SLACK


async def budget_of(request: GenerationRequest, engine: Engine) -> ReasoningBudget | None:
    """The budget to be kept here; None without one, and where only the engine tells calls or a form from text."""
    options = request.options
    if not options.reasoning_budget or request.messages is None or options.response_prefix:
        return None
    if request.tools or request.schema is not None or options.grammar is not None:
        return None
    rendered = await rendered_for(request, engine)
    closing = at_the_answer(rendered, await chat_template(engine)).removeprefix(rendered)
    return ReasoningBudget(options.reasoning_budget, closing) if closing else None
