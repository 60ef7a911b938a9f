"""Which options go together, and which fields of the engine's are not the caller's to set."""

from __future__ import annotations

from ...errors import InvalidOptionsError
from ...options import PromptOptions
from ..structured.grammars import find_grammar
from ..structured.limits import check_bias, check_fields, check_grammar

# What llama-worker itself relies on in the engine's requests and answers.
_OWNED = frozenset(
    {
        "messages",
        "prompt",
        "stream",
        "return_progress",
        "timings_per_token",
        "verbose",
        "stop",
        "n",
        "n_cmpl",
        "n_probs",
        "tools",
        "id_slot",
        "response_fields",
        "echo",
    }
)


def check_options(options: PromptOptions) -> None:
    """Raises `InvalidOptionsError` for what no single field can know to be wrong."""
    if options.grammar is not None:
        check_grammar(find_grammar(options.grammar))
    check_bias(len(options.token_bias))
    check_fields(options.engine_options, "engine_options")
    if options.grammar is not None and options.json_schema is not None:
        raise InvalidOptionsError("A grammar and a schema cannot both decide the form.", path="grammar")
    if options.reasoning_effort == "none" and options.reasoning_budget:
        message = 'A reasoning_effort of "none" leaves nothing for a reasoning_budget: give one of them.'
        raise InvalidOptionsError(message, path="reasoning_effort")
    if owned := _OWNED & options.engine_options.keys():
        name = min(owned)
        raise InvalidOptionsError(f"The engine's field {name!r} is set by llama-worker.", path="engine_options")
