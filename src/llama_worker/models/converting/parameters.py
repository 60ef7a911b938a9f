"""The metadata that most architectures have, of what config.json says under one of several names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...errors import NotSupportedError
from .rope import rope_keys

if TYPE_CHECKING:
    import gguf

    from .family import Family

_GATES = ("score_function", "scoring_func", "score_func", "moe_router_activation", "moe_router_activation_func")
_MORE_GATES = ("expert_selection_fn", "router_score_func")


def common_parameters(family: Family, keys: gguf.GGUFWriter) -> None:
    """In llama.cpp's order, in which people find them in every other file."""
    keys.add_block_count(family.block_count)
    _sizes(family, keys)
    if family.config.get("is_causal") is False:
        keys.add_causal_attention(False)
    rope_keys(family.rope, keys)
    _norms(family, keys)
    _experts(family, keys)
    if (head := family.maybe("head_dim")) is not None:
        keys.add_key_length(head)
        keys.add_value_length(head)


def _sizes(family: Family, keys: gguf.GGUFWriter) -> None:
    lengths = ("max_position_embeddings", "n_ctx", "n_positions", "max_length", "max_sequence_length")
    _add(keys.add_context_length, family.maybe(*lengths, "model_max_length"))
    _add(keys.add_embedding_length, family.maybe("hidden_size", "n_embd", "dim"))
    dense = ("prefix_dense_intermediate_size", "dense_intermediate_size", "intermediate_size", "n_inner", "hidden_dim")
    _add(keys.add_feed_forward_length, family.maybe(*dense))
    _add(keys.add_head_count, family.maybe("num_attention_heads", "n_head", "n_heads"))
    _add(keys.add_head_count_kv, family.maybe("num_key_value_heads", "n_kv_heads"))


def _norms(family: Family, keys: gguf.GGUFWriter) -> None:
    _add(keys.add_layer_norm_rms_eps, family.maybe("rms_norm_eps", "norm_eps"))
    _add(keys.add_layer_norm_eps, family.maybe("layer_norm_eps", "layer_norm_epsilon", "norm_epsilon"))


def _experts(family: Family, keys: gguf.GGUFWriter) -> None:
    _add(keys.add_expert_count, family.maybe("num_local_experts", "num_experts", "n_routed_experts"))
    _add(keys.add_expert_used_count, family.maybe("num_experts_per_tok", "num_experts_per_token", "top_k_experts"))
    _add(keys.add_expert_group_count, family.maybe("n_group"))
    _add(keys.add_expert_group_used_count, family.maybe("topk_group"))
    if (gate := family.maybe(*_GATES, *_MORE_GATES)) is not None:
        keys.add_expert_gating_func(_gating(family, gate))


def _gating(family: Family, name: Any) -> gguf.ExpertGatingFuncType:
    import gguf

    known = {"sigmoid": gguf.ExpertGatingFuncType.SIGMOID, "softmax": gguf.ExpertGatingFuncType.SOFTMAX}
    if name not in known:
        raise NotSupportedError(f"{family.repository.name} chooses its experts by {name!r}, which cannot be converted.")
    return known[name]


def _add(add: Callable[[Any], None], value: Any) -> None:
    if value is not None:
        add(value)
