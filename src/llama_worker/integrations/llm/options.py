"""Options of a prompt as `llm` takes them: `-o temperature 0.2 -o xtc '{"probability": 0.1}'`."""

from __future__ import annotations

import json
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import llm
from pydantic import BeforeValidator, Field, create_model, model_validator

from ...options.keywords import PromptOptionKeywords
from ..access.options import check_prompt_options

_OTHERWISE = frozenset({"json_schema", "system_prompt", "stop_on_abort"})
"""What `llm` has words of its own for."""


def _json(value: Any) -> Any:
    """A text that is JSON is what it says, any other a text."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _kind(hint: Any) -> Any:
    """The type of an option for pydantic: a number, a text, or whatever JSON says."""
    kinds = {kind for kind in (get_args(hint) or (hint,)) if kind is not NoneType}
    if get_origin(hint) is Literal or all(get_origin(kind) is Literal for kind in kinds):
        return str
    if len(kinds) == 1 and (only := next(iter(kinds))) in (int, float, str, bool):
        return only
    return Annotated[Any, BeforeValidator(_json)]


def _fields() -> dict[str, Any]:
    hints = get_type_hints(PromptOptionKeywords)
    return {
        name: (_kind(hint) | None, Field(default=None, description=f"The option {name} of llama-worker's prompts."))
        for name, hint in hints.items()
        if name not in _OTHERWISE
    }


class _Checked(llm.Options):
    """Refused before a model is loaded, with what was probably meant."""

    @model_validator(mode="after")
    def _check(self) -> _Checked:
        check_prompt_options(self.given())
        return self

    def given(self) -> dict[str, Any]:
        """Those that somebody chose."""
        return {name: value for name, value in self.model_dump(exclude_unset=True).items() if value is not None}


PromptOptions: type[_Checked] = create_model("Options", __base__=_Checked, **_fields())
