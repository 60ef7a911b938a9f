"""The metadata that most architectures have, of what config.json says under one of several names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ...errors import NotSupportedError
from .config import Config
from .rope import rope_keys

if TYPE_CHECKING:
    import gguf


_GATES = ("score_function", "scoring_func", "score_func", "moe_router_activation", "moe_router_activation_func")
_MORE_GATES = ("expert_selection_fn", "router_score_func")


def common_parameters(config: Config, rope: Mapping[str, Any], block_count: int, keys: gguf.GGUFWriter) -> None:
    """In llama.cpp's order, in which people find them in every other file."""
    keys.add_block_count(block_count)
    _sizes(config, keys)
    if config.get("is_causal") is False:
        keys.add_causal_attention(False)
    rope_keys(rope, keys)
    _norms(config, keys)
    _experts(config, keys)
    if (head := config.maybe("head_dim")) is not None:
        keys.add_key_length(head)
        keys.add_value_length(head)


def _sizes(config: Config, keys: gguf.GGUFWriter) -> None:
    lengths = ("max_position_embeddings", "n_ctx", "n_positions", "max_length", "max_sequence_length")
    _add(keys.add_context_length, config.maybe(*lengths, "model_max_length"))
    _add(keys.add_embedding_length, config.maybe("hidden_size", "n_embd", "dim"))
    dense = ("prefix_dense_intermediate_size", "dense_intermediate_size", "intermediate_size", "n_inner", "hidden_dim")
    _add(keys.add_feed_forward_length, config.maybe(*dense))
    _add(keys.add_head_count, config.maybe("num_attention_heads", "n_head", "n_heads"))
    _add(keys.add_head_count_kv, config.maybe("num_key_value_heads", "n_kv_heads"))


def _norms(config: Config, keys: gguf.GGUFWriter) -> None:
    _add(keys.add_layer_norm_rms_eps, config.maybe("rms_norm_eps", "norm_eps"))
    _add(keys.add_layer_norm_eps, config.maybe("layer_norm_eps", "layer_norm_epsilon", "norm_epsilon"))


def _experts(config: Config, keys: gguf.GGUFWriter) -> None:
    _add(keys.add_expert_count, config.maybe("num_local_experts", "num_experts", "n_routed_experts"))
    _add(keys.add_expert_used_count, config.maybe("num_experts_per_tok", "num_experts_per_token", "top_k_experts"))
    _add(keys.add_expert_group_count, config.maybe("n_group"))
    _add(keys.add_expert_group_used_count, config.maybe("topk_group"))
    if (gate := config.maybe(*_GATES, *_MORE_GATES)) is not None:
        keys.add_expert_gating_func(_gating(config, gate))


def _gating(config: Config, name: Any) -> gguf.ExpertGatingFuncType:
    import gguf

    known = {"sigmoid": gguf.ExpertGatingFuncType.SIGMOID, "softmax": gguf.ExpertGatingFuncType.SOFTMAX}
    if name not in known:
        raise NotSupportedError(f"{config.model} chooses its experts by {name!r}, which cannot be converted.")
    return known[name]


def _add(add: Callable[[Any], None], value: Any) -> None:
    if value is not None:
        add(value)
