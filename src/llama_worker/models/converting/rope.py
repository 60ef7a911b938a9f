"""Rotary positions: what config.json says of them, whichever version of transformers wrote it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import gguf

_GLOBAL_THETA = ("global_rope_theta", "rope_global_theta", "rope_theta_global", "rope_theta", "rotary_emb_base")
_LOCAL_THETA = ("local_rope_theta", "rope_local_theta", "rope_theta_local", "swa_rope_theta", "rope_local_base_freq")


def rope_parameters(config: Mapping[str, Any]) -> dict[str, Any]:
    """`rope_parameters`, or `rope_scaling` as it was called before, with what once stood beside it."""
    found = dict(config.get("rope_parameters") or config.get("rope_scaling") or {})
    if "full_attention" in found or "sliding_attention" in found:
        return found
    if (local := _first(config, _LOCAL_THETA)) is not None:
        found["sliding_attention"] = {"rope_theta": local}
    beside = {
        "rope_theta": _first(config, _GLOBAL_THETA),
        "rope_type": found.get("type"),
        "partial_rotary_factor": _first(config, ("partial_rotary_factor", "rope_pct", "rope_percent")),
        "original_max_position_embeddings": config.get("original_max_position_embeddings"),
    }
    return {key: value for key, value in beside.items() if value is not None} | found


def of_full_attention(rope: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of the layers that see all of a context."""
    full: Mapping[str, Any] = rope.get("full_attention", rope)
    return full


def rope_keys(rope: Mapping[str, Any], keys: gguf.GGUFWriter) -> None:
    """The scaling and the base of rotary positions as metadata."""
    full = of_full_attention(rope)
    _scaling(full, keys)
    if sections := rope.get("mrope_section"):
        keys.add_rope_dimension_sections([*sections, 0, 0, 0, 0][:4])
    if (theta := full.get("rope_theta")) is not None:
        keys.add_rope_freq_base(theta)
    if (local := rope.get("sliding_attention", {}).get("rope_theta")) is not None:
        keys.add_rope_freq_base_swa(local)


def _scaling(full: Mapping[str, Any], keys: gguf.GGUFWriter) -> None:
    """Llama 3's scaling is a tensor (`llama3_factors`), and the families of others see to theirs."""
    import gguf

    kind, factor = full.get("rope_type"), full.get("factor")
    if kind in ("su", "longrope"):
        keys.add_rope_scaling_type(gguf.RopeScalingType.LONGROPE)
    elif kind == "linear" and factor is not None:
        keys.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        keys.add_rope_scaling_factor(factor)
    elif kind == "yarn" and factor is not None:
        keys.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        keys.add_rope_scaling_factor(factor)
        keys.add_rope_scaling_orig_ctx_len(full["original_max_position_embeddings"])
        _yarn(full, keys)


def _yarn(full: Mapping[str, Any], keys: gguf.GGUFWriter) -> None:
    if (extrapolation := full.get("extrapolation_factor")) is not None:
        keys.add_rope_scaling_yarn_ext_factor(extrapolation)
    if (attention := full.get("attention_factor", full.get("attn_factor"))) is not None:
        keys.add_rope_scaling_yarn_attn_factor(attention)
    if (fast := full.get("beta_fast")) is not None:
        keys.add_rope_scaling_yarn_beta_fast(fast)
    if (slow := full.get("beta_slow")) is not None:
        keys.add_rope_scaling_yarn_beta_slow(slow)


def llama3_factors(full: Mapping[str, Any], dimensions: int) -> list[float] | None:
    """By what each frequency is divided in Llama 3's scaling; None for a model without it.

    Long waves by all of the factor, short ones not at all, and what lies between by something between.
    """
    import numpy as np

    if str(full.get("rope_type", "")).lower() != "llama3":
        return None
    factor, low, high = full.get("factor", 8.0), full.get("low_freq_factor", 1.0), full.get("high_freq_factor", 4.0)
    length = full.get("original_max_position_embeddings", 8192)
    steps = np.arange(0, dimensions, 2, dtype=np.float32) / np.float32(dimensions)
    frequencies = np.float32(1) / np.float32(full.get("rope_theta", 10000.0)) ** steps
    waves = np.float32(2 * math.pi) / frequencies
    smooth = (np.float32(length) / waves - np.float32(low)) / np.float32(high - low)
    between = np.float32(1) / ((np.float32(1) - smooth) / np.float32(factor) + smooth)
    long, short = waves > length / low, waves < length / high
    return [float(value) for value in np.where(short, 1, np.where(long, factor, between)).astype(np.float32)]


def _first(config: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((config[name] for name in names if config.get(name) is not None), None)
