"""A model under a name of one's own, with all that is to be said of it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from ..errors import InvalidOptionsError
from ..options import ModelOptions, PromptOptions

PROMPT_DEFAULTS = frozenset(
    {
        "max_tokens",
        "stop_sequences",
        "temperature",
        "top_p",
        "top_k",
        "min_p",
        "typical_p",
        "top_n_sigma",
        "dynamic_temperature",
        "xtc",
        "mirostat",
        "seed",
        "repeat_penalty",
        "dry_repeat_penalty",
        "system_prompt",
        "reasoning_budget",
        "reasoning_effort",
        "chat_template_options",
        "cache_prompt",
    }
)
"""Of `PromptOptions` those that a server can say in a request's place; others only make sense for one request."""


class NamedModel(Struct, frozen=True, kw_only=True):
    """`model` is what `load_model` takes, a path or a name; `options` how it is loaded.

    `prompt` is what answers over HTTP are generated with where a request does not say it. `warm_up`: a server loads it
    when it starts, and has it compute a token, so that the first request does not wait.
    """

    model: str
    options: ModelOptions = ModelOptions()
    prompt: PromptOptions = PromptOptions()
    warm_up: bool = False


def as_named(models: Mapping[str, str | NamedModel]) -> dict[str, NamedModel]:
    """Names that lead to a model alone are names with the defaults. Raises `InvalidOptionsError` for a name that no
    request could say, and for names of one model that want it loaded differently."""
    for name in models:
        if not isinstance(name, str) or not name.strip():
            raise InvalidOptionsError(f"The name of a model is a text that is not empty, not {name!r}.", path="models")
    named = {name: NamedModel(model=model) if isinstance(model, str) else model for name, model in models.items()}
    _check_loaded_alike(named)
    return named


def _check_loaded_alike(named: Mapping[str, NamedModel]) -> None:
    """A model is loaded once for all of its names."""
    first: dict[str, str] = {}
    for name, one in named.items():
        other = first.setdefault(one.model, name)
        if named[other].options != one.options:
            message = f"{other} and {name} are one model, which is loaded once: give both the same options of loading, "
            raise InvalidOptionsError(message + "or one of them a copy of the file, or a link to it.", path="models")
