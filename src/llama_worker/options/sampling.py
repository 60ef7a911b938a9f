"""The options of the samplers that have more than one number. Defaults are llama.cpp's own."""

from typing import Annotated, Literal

from msgspec import Meta

from .base import CountOrZero, Fraction, Options

Penalty = Annotated[float, Meta(ge=-2.0, le=2.0)]
# The engine keeps room for as many numbers.
Window = Annotated[int, Meta(ge=0, le=2**20)]
Positive = Annotated[float, Meta(gt=0.0, le=1e6)]
# Beyond this a float32 logit loses its digits; llama.cpp's logits are within about +-100.
Logit = Annotated[float, Meta(ge=-1e4, le=1e4)]


class RepeatPenalty(Options, frozen=True, kw_only=True):
    """Make tokens that were there before less likely.

    `last_tokens`: how many tokens back are looked at, of the prompt and the answer (default 64). `penalty`: divides
    the logits of seen tokens, 1 is off (default 1.1). `frequency_penalty` is taken off for each time a token was
    seen, `presence_penalty` once (both default 0, -2 to 2).
    """

    last_tokens: Window = 64
    penalty: Annotated[float, Meta(gt=0.0, le=100.0)] = 1.1
    frequency_penalty: Penalty = 0.0
    presence_penalty: Penalty = 0.0


class DryRepeatPenalty(Options, frozen=True, kw_only=True):
    """DRY: make it less likely that a sequence of tokens is repeated, the longer it already is.

    The penalty is `strength * base ** (length - allowed_length)`, for repetitions longer than `allowed_length`
    tokens (default 2) within `last_tokens` (default: the whole context). `sequence_breakers` end a sequence.
    """

    strength: Annotated[float, Meta(ge=0.0, le=100.0)] = 0.8
    base: Annotated[float, Meta(ge=1.0, le=100.0)] = 1.75
    allowed_length: CountOrZero = 2
    last_tokens: Window | None = None
    sequence_breakers: Annotated[tuple[str, ...], Meta(min_length=1, max_length=64)] = ("\n", ":", '"', "*")


class Xtc(Options, frozen=True, kw_only=True):
    """Exclude top choices: with `probability`, remove all but the least likely token above `threshold`."""

    probability: Fraction
    threshold: Fraction = 0.1


class Mirostat(Options, frozen=True, kw_only=True):
    """Keep the surprise of the text near `tau` (default 5), correcting by `eta` (default 0.1).

    It takes the place of top_k, top_p, min_p and typical_p.
    """

    version: Literal[1, 2] = 2
    tau: Positive = 5.0
    eta: Annotated[float, Meta(gt=0.0, le=1.0)] = 0.1


class DynamicTemperature(Options, frozen=True, kw_only=True):
    """A temperature between `temperature - range` and `temperature + range`, by how sure the model is."""

    range: Annotated[float, Meta(ge=0.0, le=100.0)]
    exponent: Annotated[float, Meta(gt=0.0, le=100.0)] = 1.0


class LogitBias(Options, frozen=True, kw_only=True):
    """A number that is added to a token's logit."""

    logit: Logit


# "never" bans a token; 0.2 makes it 20 % heavier against all others, -0.2 lighter, -1 bans it.
Bias = Literal["never"] | Annotated[float, Meta(ge=-1.0, le=1.0)] | LogitBias
