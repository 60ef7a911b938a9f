"""`PromptOptions` in the engine's words."""

from __future__ import annotations

from typing import Any

from ...options import PromptOptions

SAME_NAME = ("temperature", "top_p", "top_k", "min_p", "typical_p", "top_n_sigma")
FORWARDED_AS_SAMPLING = frozenset(
    {
        *SAME_NAME,
        "dynamic_temperature",
        "xtc",
        "mirostat",
        "repeat_penalty",
        "dry_repeat_penalty",
        "token_bias",
    }
)
SEEDS = 2**32 - 1  # the engine takes this very number for "choose one"


def sampling_fields(options: PromptOptions, context_size: int) -> dict[str, Any]:
    """The engine's fields; what was not given is left out, which leaves it to the model file and the engine."""
    same = {name: getattr(options, name) for name in SAME_NAME}
    fields = {name: value for name, value in same.items() if value is not None}
    return fields | _shape_fields(options) | _penalty_fields(options, context_size)


def _shape_fields(options: PromptOptions) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if dynamic := options.dynamic_temperature:
        fields |= {"dynatemp_range": dynamic.range, "dynatemp_exponent": dynamic.exponent}
    if xtc := options.xtc:
        fields |= {"xtc_probability": xtc.probability, "xtc_threshold": xtc.threshold}
    if mirostat := options.mirostat:
        fields |= {"mirostat": mirostat.version, "mirostat_tau": mirostat.tau, "mirostat_eta": mirostat.eta}
    return fields


def _penalty_fields(options: PromptOptions, context_size: int) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if repeat := options.repeat_penalty:
        fields |= {
            "repeat_last_n": repeat.last_tokens,
            "repeat_penalty": repeat.penalty,
            "frequency_penalty": repeat.frequency_penalty,
            "presence_penalty": repeat.presence_penalty,
        }
    if dry := options.dry_repeat_penalty:
        fields |= {
            "dry_multiplier": dry.strength,
            "dry_base": dry.base,
            "dry_allowed_length": dry.allowed_length,
            "dry_penalty_last_n": context_size if dry.last_tokens is None else dry.last_tokens,
            "dry_sequence_breakers": list(dry.sequence_breakers),
        }
    return fields


def template_options(options: PromptOptions) -> dict[str, Any]:
    """What the chat template is told: without a budget for reasoning, also that there is to be none."""
    unless_said = {"enable_thinking": False} if options.reasoning_budget == 0 else {}
    return unless_said | options.chat_template_options


def token_fields(options: PromptOptions) -> dict[str, Any]:
    """Ask for the id of each token of a greedy answer, where probabilities do not tell it: of a chat, whose events have
    none. Those of a completion always do.

    Only a greedy answer must go on after a pause as if there had been none. The engine sorts all candidates to tell
    the id, so there must be few; the best one is among the best 40.
    """
    if options.logprobs or options.temperature != 0 or options.top_k == 0 or options.mirostat:
        return {}
    return {"n_probs": 1, "post_sampling_probs": True, "top_k": options.top_k or 40}
