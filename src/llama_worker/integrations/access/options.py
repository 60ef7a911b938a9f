"""Options as frameworks pass them on: those of a prompt told apart from everything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...options import PromptOptions, build_options

PROMPT_OPTIONS = frozenset(PromptOptions.__struct_fields__)


def check_prompt_options(options: Mapping[str, Any]) -> None:
    """Raises `InvalidOptionsError`, with what was probably meant, before anything is asked."""
    build_options(PromptOptions, None, dict(options))


def given(**options: Any) -> dict[str, Any]:
    """Those that are not None, which is how frameworks say that nothing was chosen."""
    return {name: value for name, value in options.items() if value is not None}


def function_choice(choice: Any) -> str | None:
    """What frameworks call `tool_choice`: "auto", "none", "any", "required", True, a name, or OpenAI's object."""
    if isinstance(choice, Mapping):
        function = choice.get("function")
        choice = function.get("name") if isinstance(function, Mapping) else choice.get("name") or choice.get("type")
    if choice is True or choice == "any":
        return "required"
    return str(choice) if choice else None
