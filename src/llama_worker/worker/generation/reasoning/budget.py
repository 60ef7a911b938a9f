"""A budget of reasoning, kept here where a template opens the reasoning itself and the engine may not see that."""

from __future__ import annotations

from msgspec import Struct

from ....engine.api.endpoints import adds_blanks, chat_template, end_reasoning
from ....engine.engine import Engine
from ....loggers import OPERATIONS
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
        return generated.reasons and self.tokens is not None and generated.tokens >= self.tokens + _SLACK


async def budget_of(request: GenerationRequest, engine: Engine) -> ReasoningBudget | None:
    """The budget to be kept here; None without one, and where only the engine tells calls or a form from text."""
    options = request.options
    if not options.reasoning_budget and request.schema is None:
        return None
    form_follows = request.schema is not None
    # Without a blank before a text, llama.cpp's grammars do begin after reasoning.
    if form_follows and (await is_constrained_here(request.asked, engine) or not await adds_blanks(engine)):
        return None
    closing = await _closing(request, engine)
    return ReasoningBudget(options.reasoning_budget, closing, form_follows) if closing else None


async def ended(request: GenerationRequest, engine: Engine, completion_id: str) -> ReasoningBudget | None:
    """End the reasoning of an answer that is on its way: what closes it here, or None where the engine closes it."""
    closing = "" if request.schema is not None else await _closing(request, engine)
    if closing:
        return ReasoningBudget(None, closing)
    if not await end_reasoning(engine, completion_id):
        OPERATIONS.info("the engine does not know the reasoning that was to end")
    return None


async def _closing(request: GenerationRequest, engine: Engine) -> str:
    """What ends the reasoning that the template opens; empty where only the engine tells calls or a form from text."""
    options = request.options
    if request.messages is None or options.response_prefix or options.grammar is not None or request.tools:
        return ""
    return end_of_reasoning(await rendered_for(request, engine), await chat_template(engine))
