"""What the layers of a model hold while a batch is computed: numbers for each token of it, by kind of layer.

The engine's graph allocator takes what the widest moment needs. The factors were read off the buffers that llama.cpp
logs ("compute buffer size") for models of different widths; `src/models/` of llama.cpp has the graphs.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..gguf.header import GgufHeader
from .layers import Layer, head_size, reads_whole

# Layers of linear attention by the delta rule (llama.cpp: delta-net-base.cpp); others with `ssm` keys are Mamba's.
_DELTA = frozenset({"qwen3next", "qwen35", "qwen35moe", "kimi-linear", "bailingmoe3"})
# Repeats keys and queries for each head of values before it computes (qwen3next.cpp).
_REPEATING = frozenset({"qwen3next"})
# Of the model's width, beside the layer's own: what is passed on past the layer.
_PASSED_ON, _BESIDE_ATTENTION = 5, 1
_WKV_WIDTHS, _SHORT_CONVOLUTION_WIDTHS = 14, 4


def feed_forward_numbers(header: GgufHeader) -> int:
    """Of the widest feed-forward network; one with a gate holds the gate, what it lets through, and their product."""
    width, dense = header.embedding_length, max(header.per_block("feed_forward_length"), default=0)
    expert, used = header.integer("expert_feed_forward_length", dense), header.integer("expert_used_count")
    experts = used * (3 * expert + width) if used else 0
    if used and expert == dense:
        return 5 * width + experts
    return max(5 * width + 3 * dense if _is_gated(header, dense) else 6 * width + dense, 5 * width + experts)


def _is_gated(header: GgufHeader, dense: int) -> bool:
    """Some files have the gate in one matrix with what it lets through."""
    return any(
        ".ffn_gate" in tensor.name or (".ffn_up.weight" in tensor.name and tensor.shape[-1] == 2 * dense)
        for tensor in header.tensors
    )


def attention_numbers(header: GgufHeader, layers: Sequence[Layer], flash: bool, cells: int) -> int:
    """Of attention; without flash attention, the whole matrix of scores."""
    heads = max(header.per_block("attention.head_count"), default=0)
    queries = heads * head_size(header)
    kept = max((layer.key_values + layer.value_values for layer in layers), default=0)
    if reads_whole(header):
        kept = 2 * header.embedding_length
    if flash:
        return 3 * header.embedding_length + 2 * queries + kept
    return 5 * header.embedding_length + 2 * queries + kept + heads * cells


def recurrent_numbers(header: GgufHeader, layers: Sequence[Layer]) -> int:
    """Of a layer with a state: its inputs, the convolution of them, and what comes out."""
    if not any(layer.state_bytes for layer in layers):
        return 0
    beside = any(layer.key_values for layer in layers)
    parallel = any(layer.key_values and layer.state_bytes for layer in layers)
    widths = _PASSED_ON + _BESIDE_ATTENTION * (beside + parallel)
    if header.integer("wkv.head_size"):
        widths += _WKV_WIDTHS
    if header.integer("shortconv.l_cache"):
        widths += _SHORT_CONVOLUTION_WIDTHS
    return widths * header.embedding_length + _state_space_numbers(header)


def _state_space_numbers(header: GgufHeader) -> int:
    """Of Mamba's layers and of linear attention, which share the names of their keys."""
    inner = header.integer("ssm.inner_size")
    groups = header.integer("ssm.group_count") * header.integer("ssm.state_size")
    convolved, heads = inner + 2 * groups, header.integer("ssm.time_step_rank")
    if header.architecture in _REPEATING and header.integer("ssm.group_count") != heads:
        return max(2 * convolved, 3 * groups + 4 * inner)
    if header.architecture in _DELTA:
        return 2 * convolved
    return inner + convolved + heads + 2 * convolved + inner
