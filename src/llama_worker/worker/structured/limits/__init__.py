"""What is refused before it reaches the engine: forms of answers that would keep it busy for everybody, or end it.

Nobody can stop the engine while it reads a grammar or makes one of a schema, and a crash is everybody's.
docs/reliability.md has the numbers, `python -m benchmarks.costs.grammar_limits` measures them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..wellformed import check_request
from .grammars import check_grammar
from .measure import TooMany, too_many
from .schemas import check_schema

MOST_BIASES = 5000

__all__ = ["MOST_BIASES", "check_bias", "check_fields", "check_grammar", "check_schema"]


def check_bias(count: int, path: str = "token_bias") -> None:
    """Raises `InvalidOptionsError` for more biases than the engine looks up in a moment."""
    if count > MOST_BIASES:
        raise too_many("The request", TooMany("biases", count, MOST_BIASES), path)


def check_fields(fields: Mapping[str, Any], path: str | None = None) -> None:
    """All that a request to the engine may have of it, by the engine's names; `path` is where they come from."""
    if isinstance(grammar := fields.get("grammar"), str):
        check_grammar(grammar, path or "grammar")
    for name in _WITH_SCHEMAS & fields.keys():
        check_schema(fields[name], path or name)
    check_request(fields, path)
    if isinstance(biases := fields.get("logit_bias"), Mapping | list | tuple):
        check_bias(len(biases), path or "logit_bias")


_WITH_SCHEMAS = frozenset({"json_schema", "response_format", "text", "tools"})
