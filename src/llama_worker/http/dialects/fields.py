"""Fields that requests of several dialects have. What is not among them never reaches the engine."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from ...engine.api.adapters import NumberedAdapter
from ...errors import InvalidOptionsError
from ...options.base import AdapterName, AdapterScale, CountOrZero, Fraction, SpecialTokens
from ...options.server import ServerOptions
from ...worker.inert.policy import Policy
from ...worker.structured.limits import check_fields
from ..bodies import checked
from ..problems import Problem
from .shapes.schema import Schema

Temperature = Annotated[float, Meta(ge=0.0, le=1000.0)]
Penalty = Annotated[float, Meta(ge=-10.0, le=10.0)]
Text = Annotated[str, Meta(min_length=1)]
Stop = Text | Annotated[list[Text], Meta(max_length=64)]
Bias = float | bool
"""Added to a token's logit; False forbids the token."""
Object = dict[str, Any]


class StreamOptions(Struct, omit_defaults=True):
    """`include_usage`: a last chunk with the counts."""

    include_usage: bool = False


class Sampling(Struct, omit_defaults=True, kw_only=True):
    """How tokens are chosen; the names are OpenAI's, and beyond those the engine's own."""

    temperature: Temperature | None = None
    top_p: Fraction | None = None
    top_k: CountOrZero | None = None
    min_p: Fraction | None = None
    typical_p: Fraction | None = None
    repeat_penalty: Penalty | None = None
    repeat_last_n: Annotated[int, Meta(ge=-1, le=2**31 - 1)] | None = None
    frequency_penalty: Penalty | None = None
    presence_penalty: Penalty | None = None
    xtc_probability: Fraction | None = None
    xtc_threshold: Fraction | None = None
    dry_multiplier: Annotated[float, Meta(ge=0.0, le=100.0)] | None = None
    mirostat: Literal[0, 1, 2] | None = None
    mirostat_tau: Annotated[float, Meta(ge=0.0, le=100.0)] | None = None
    mirostat_eta: Fraction | None = None
    seed: Annotated[int, Meta(ge=-1, le=2**32 - 1)] | None = None
    logit_bias: dict[str, Bias] | list[tuple[CountOrZero | str, Bias]] | None = None
    ignore_eos: bool | None = None
    grammar: str | None = None
    json_schema: Schema | None = None
    cache_prompt: bool | None = None
    lora: dict[AdapterName, AdapterScale] | list[NumberedAdapter] | None = None


Limit = Annotated[int, Meta(ge=-1, le=2**31 - 1)]
"""How many tokens an answer may have; -1 is as far as it goes, as for llama-server."""


class Generating(Sampling, omit_defaults=True, kw_only=True):
    """What chats and completions share; `n_predict` is llama-server's name of `max_tokens`, and comes before it."""

    max_tokens: Limit | None = None
    n_predict: Limit | None = None
    n: Annotated[int, Meta(ge=1, le=64)] | None = None
    stop: Stop | None = None
    stream: bool = False
    stream_options: StreamOptions | None = None
    return_progress: bool = False
    timings_per_token: bool | None = None
    reproducible: bool | None = None


class _Named(Struct):
    special_tokens: SpecialTokens | None = None
    system_special_tokens: SpecialTokens | None = None


def policy_of(body: Object, options: ServerOptions) -> Policy:
    """What a request, in whichever dialect, wants done with special tokens in its messages; else what the server does.

    Raises `Problem`.
    """
    named = checked(body, _Named)
    return Policy(
        named.special_tokens or options.special_tokens, named.system_special_tokens or options.system_special_tokens
    )


def to_engine(request: Struct, body: Object) -> Object:
    """The fields of `body` that `request` is made of, for the engine. Raises `InvalidOptionsError` for what would keep
    it busy."""
    fields = {name: body[name] for name in request.__struct_fields__ if body.get(name) is not None}
    if "grammar" in fields and "json_schema" in fields:
        raise InvalidOptionsError("A grammar and a json_schema cannot both be kept to: give one.", path="grammar")
    check_fields(fields)
    _check_bias(fields.get("logit_bias") or {})
    for name in ("stream", "return_progress"):  # an engine is always asked for both
        fields.pop(name, None)
    if "n_predict" in fields:
        fields["max_tokens"] = fields.pop("n_predict")
    return fields


def _check_bias(biases: Object | list[Any]) -> None:
    """Raise `Problem` for a token that is allowed, which says nothing; only the type of what forbids one is checked."""
    said = biases.values() if isinstance(biases, dict) else [bias for _, bias in biases]
    if any(bias is True for bias in said):
        raise Problem(400, "logit_bias: true is no bias.", code="invalid_value", param="logit_bias")
