"""Qwen 2.5, Qwen 3 and its mixture of experts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ..tokenizers.byte_pairs import qwen
from .checkpoint import HEAD, HEADS, HEADS_KV, WIDTH, Checkpoint, attention, decoder, gated, norms
from .llama import shape
from .shards import EIGHT_BITS, Shape

_VOCABULARY = 151936
_EXPERT, _EXPERTS = 32, 8
_CARD = """---
library_name: transformers
license: apache-2.0
license_link: https://huggingface.co/Qwen/Qwen3-0.6B/blob/main/LICENSE
pipeline_tag: text-generation
base_model:
- Qwen/Qwen3-0.6B-Base
---
"""


def _second(_: str) -> Mapping[str, Shape]:
    return attention(bias="qkv") | gated() | norms("input_layernorm", "post_attention_layernorm")


def _third_attention() -> dict[str, Shape]:
    norms_of_heads = norms("self_attn.q_norm", "self_attn.k_norm", width=2 * HEAD)
    return attention(head=2 * HEAD) | norms_of_heads | norms("input_layernorm", "post_attention_layernorm")


def _third(_: str) -> Mapping[str, Shape]:
    return _third_attention() | gated()


def _mixture(_: str) -> Mapping[str, Shape]:
    tensors: dict[str, Shape] = {**_third_attention(), "mlp.gate.weight": (_EXPERTS, WIDTH)}
    for number in range(_EXPERTS):
        expert = gated(hidden=_EXPERT)
        tensors |= {name.replace("mlp.", f"mlp.experts.{number}."): size for name, size in expert.items()}
    return tensors


def _second_mixture(layer: str) -> Mapping[str, Shape]:
    """With an expert that always speaks, as loud as a gate says."""
    experts = {name: size for name, size in _mixture(layer).items() if name.startswith("mlp.")}
    shared = {name.replace("mlp.", "mlp.shared_expert."): size for name, size in gated(hidden=2 * _EXPERT).items()}
    around = norms("input_layernorm", "post_attention_layernorm")
    return {**attention(bias="qkv"), **experts, **shared, "mlp.shared_expert_gate.weight": (1, WIDTH), **around}


def _config(architecture: str, kind: str, **more: Any) -> dict[str, Any]:
    return shape(
        2,
        architectures=[architecture],
        bos_token_id=151643,
        eos_token_id=151645,
        model_type=kind,
        num_attention_heads=HEADS,
        num_key_value_heads=HEADS_KV,
        rms_norm_eps=1e-06,
        rope_theta=1000000.0,
        sliding_window=None,
        use_sliding_window=False,
        vocab_size=_VOCABULARY,
        **more,
    )


_QWEN2 = _config(
    "Qwen2ForCausalLM", "qwen2", max_position_embeddings=32768, max_window_layers=21, tie_word_embeddings=True
)
_QWEN3_SHAPE = {"head_dim": 2 * HEAD, "max_position_embeddings": 40960, "rope_scaling": None}
_QWEN3 = _config("Qwen3ForCausalLM", "qwen3", max_window_layers=28, tie_word_embeddings=True, **_QWEN3_SHAPE)
_MIXTURE = _config(
    "Qwen3MoeForCausalLM",
    "qwen3_moe",
    decoder_sparse_step=1,
    max_window_layers=48,
    mlp_only_layers=[],
    moe_intermediate_size=_EXPERT,
    norm_topk_prob=True,
    num_experts=_EXPERTS,
    num_experts_per_tok=2,
    output_router_logits=False,
    router_aux_loss_coef=0.001,
    tie_word_embeddings=False,
    **_QWEN3_SHAPE,
)
_SECOND_MIXTURE = _config(
    "Qwen2MoeForCausalLM",
    "qwen2_moe",
    decoder_sparse_step=1,
    max_position_embeddings=32768,
    max_window_layers=28,
    moe_intermediate_size=_EXPERT,
    norm_topk_prob=False,
    num_experts=_EXPERTS,
    num_experts_per_tok=2,
    output_router_logits=False,
    router_aux_loss_coef=0.001,
    shared_expert_intermediate_size=2 * _EXPERT,
    tie_word_embeddings=False,
)
_GENERATION = {
    "bos_token_id": 151643,
    "do_sample": True,
    "eos_token_id": [151645, 151643],
    "pad_token_id": 151643,
    "temperature": 0.6,
    "top_k": 20,
    "top_p": 0.95,
}

_BLOCK = 32


def _eight_bits(layer: str) -> Mapping[str, Shape]:
    """Every matrix with a scale for each block."""
    tensors = dict(_third(layer))
    for name, size in _third(layer).items():
        if name.endswith("_proj.weight"):
            rows, columns = size
            tensors[f"{name}_scale_inv"] = (rows // _BLOCK, columns // _BLOCK)
    return tensors


_QUANTIZED = {
    "activation_scheme": "dynamic",
    "fmt": "e4m3",
    "quant_method": "fp8",
    "weight_block_size": [_BLOCK, _BLOCK],
}

QWEN = (
    Checkpoint(
        "Qwen2.5-0.5B-Instruct",
        _QWEN2,
        decoder(_VOCABULARY, _second, 2),
        qwen,
        template="Qwen-Qwen2.5-7B-Instruct",
        generation=_GENERATION | {"repetition_penalty": 1.1},
        card="---\nlicense: apache-2.0\nlanguage:\n- en\nbase_model: Qwen/Qwen2.5-0.5B\ntags:\n- chat\n---\n",
        shards=1,
    ),
    Checkpoint(
        "Qwen3-0.6B",
        _QWEN3,
        decoder(_VOCABULARY, _third, 2),
        partial(qwen, third=True),
        template="Qwen-Qwen3-0.6B",
        generation=_GENERATION,
        card=_CARD,
    ),
    Checkpoint(
        "Qwen3-0.6B-FP8",
        _QWEN3 | {"quantization_config": _QUANTIZED},
        decoder(_VOCABULARY, _eight_bits, 2),
        partial(qwen, third=True),
        type=EIGHT_BITS,
        exact=False,  # transformers computes with these on an accelerator only
    ),
    Checkpoint(
        "Qwen3-30B-A3B",
        _MIXTURE,
        decoder(_VOCABULARY, _mixture, 2, tied=False),
        partial(qwen, third=True),
        template="Qwen-Qwen3-0.6B",
        generation=_GENERATION,
        card=_CARD,
        shards=3,
    ),
    Checkpoint(
        "Qwen1.5-MoE-A2.7B-Chat",
        _SECOND_MIXTURE,
        decoder(_VOCABULARY, _second_mixture, 2, tied=False),
        qwen,
        template="Qwen-Qwen2.5-7B-Instruct",
        generation=_GENERATION,
    ),
)
