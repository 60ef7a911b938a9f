"""How hard a model is to think, said in a word: told to its chat template where that has a word for it, else a budget.

What a template knows is read from its source, as nothing else tells it.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple, get_args

from msgspec import structs

from ....errors import InvalidOptionsError
from ....options import PromptOptions
from ....options.base import ReasoningEffort

BUDGETS: dict[ReasoningEffort, int | None] = {
    "none": 0,
    "minimal": 128,
    "low": 1024,
    "medium": 4096,
    "high": 16384,
    "xhigh": None,
    "max": None,
}
"""Tokens of reasoning where the template has no words for it; None: as many as the model wants. Ours: no model's card
gives such numbers."""
_SCALE: list[str] = [effort for effort in BUDGETS if effort != "none"]
_VARIABLES = ("reasoning_effort", "thinking_effort", "reasoning_strength")
_QUOTED = re.compile(rf"""(['"])({"|".join(BUDGETS)})\1""")
_REFUSES = re.compile(r"raise_exception\([^)]*effort")
# What a template writes as it is given it takes in the words of gpt-oss, which began this.
_USUAL = frozenset({"low", "medium", "high"})


class Effort(NamedTuple):
    """What the chat template is told, and the budget beside that; None for none."""

    template: dict[str, str]
    budget: int | None


def effort_for(effort: ReasoningEffort, template: str) -> Effort:
    """What `effort` means to a model with that chat template."""
    variables = [name for name in _VARIABLES if re.search(rf"\b{name}\b", template)]
    if effort == "none":
        asks = (name for name in variables if re.search(rf"""{name}[^{{}}%]*(['"])none\1""", template))
        return Effort(dict.fromkeys(asks, "none"), 0)
    named = {match[2] for match in _QUOTED.finditer(template)} if variables else set()
    writes = any(re.search(rf"(?:[^=!]=|\+|~|\{{\{{-?)\s*{name}\b", template) for name in variables)
    refuses = bool(_REFUSES.search(template))
    known = named.intersection(_SCALE) | (_USUAL if writes and not refuses else set())
    level = _nearest(effort, known) if known and (writes or refuses) else effort
    return Effort(dict.fromkeys(variables, level), None if level in known else BUDGETS[effort])


def _nearest(effort: str, known: set[str]) -> str:
    """The level itself, or the one that is not far from it, the higher of two."""
    wanted = _SCALE.index(effort)
    return min(known, key=lambda level: (abs(_SCALE.index(level) - wanted), -_SCALE.index(level)))


def with_effort(options: PromptOptions, template: str) -> PromptOptions:
    """The options with what their effort means. What they say themselves goes before."""
    if options.reasoning_effort is None:
        return options
    told, budget = effort_for(options.reasoning_effort, template)
    return structs.replace(
        options,
        reasoning_budget=budget if options.reasoning_budget is None else options.reasoning_budget,
        chat_template_options=told | options.chat_template_options,
    )


def body_with_effort(body: dict[str, Any], template: str) -> dict[str, Any]:
    """A request over HTTP likewise. Raises `InvalidOptionsError` for an effort that there is none of."""
    effort = body.get("reasoning_effort")
    if effort is None:
        return body
    if not isinstance(effort, str) or effort not in BUDGETS:
        choices = ", ".join(get_args(ReasoningEffort))
        raise InvalidOptionsError(f"reasoning_effort is one of {choices}, not {effort!r}.", path="reasoning_effort")
    told, budget = effort_for(effort, template)
    rest = {name: value for name, value in body.items() if name != "reasoning_effort"}
    closed = {"enable_thinking": False} if effort == "none" else {}
    rest["chat_template_kwargs"] = closed | told | (body.get("chat_template_kwargs") or {})
    return rest if budget is None else {"thinking_budget_tokens": budget} | rest
