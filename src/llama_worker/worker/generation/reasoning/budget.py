"""A budget of reasoning, kept here where a template opens the reasoning itself and the engine may not see that."""

from __future__ import annotations

from msgspec import Struct

from ....engine.api.endpoints import adds_blanks, chat_template
from ....engine.engine import Engine
from ..forced.answers import end_of_reasoning
from ..forced.asked import is_constrained_here
from ..generated import Generated
from ..request import GenerationRequest, rendered_for

# The engine closes reasoning right at the budget where it sees it; what it holds back of the end is told later.
_SLACK = 8


class ReasoningBudget(Struct, frozen=True):
    """So many tokens, None for any number; the text that ends reasoning and begins the answer; and whether the answer
    has a form, which is asked for when reasoning is over."""

    tokens: int | None
    closing: str
    form_follows: bool = False

    def is_spent(self, generated: Generated) -> bool:
        """Whether reasoning goes on that should have ended."""
        reasons = generated.reasoning and not generated.text and not generated.closing
        return bool(reasons) and self.tokens is not None and generated.tokens >= self.tokens + _SLACK


async def budget_of(request: GenerationRequest, engine: Engine) -> ReasoningBudget | None:
    """The budget to be kept here; None without one, and where only the engine tells calls or a form from text."""
    options = request.options
    if request.messages is None or options.response_prefix or options.grammar is not None or request.tools:
        return None
    if not options.reasoning_budget and request.schema is None:
        return None
    form_follows = request.schema is not None
    # Without a blank before a text, llama.cpp's grammars do begin after reasoning.
    if form_follows and (await is_constrained_here(request.asked, engine) or not await adds_blanks(engine)):
        return None
    rendered = await rendered_for(request, engine)
    closing = end_of_reasoning(rendered, await chat_template(engine))
    return ReasoningBudget(options.reasoning_budget, closing, form_follows) if closing else None
