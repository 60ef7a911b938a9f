"""Llama 2 and 3, Mistral and Mixtral, SmolLM3."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ..tokenizers.byte_pairs import llama3
from ..tokenizers.pieces import LLAMA2, MISTRAL, llama2, mistral
from .checkpoint import HEAD, HEADS, HEADS_KV, HIDDEN, WIDTH, Checkpoint, attention, decoder, gated, norms
from .shards import Shape

_CARD = """---
language:
- en
- de
library_name: transformers
license: llama3.2
pipeline_tag: text-generation
tags:
- facebook
- meta
base_model: meta-llama/Llama-3.2-1B
---

# A model card
"""
_LLAMA2_TEMPLATE = "{% for m in messages %}{{ bos_token + '[INST] ' + m['content'] + ' [/INST]' }}{% endfor %}"


def shape(layers: int, **more: Any) -> dict[str, Any]:
    """What every configuration of these families says."""
    return {
        "attention_bias": False,
        "attention_dropout": 0.0,
        "hidden_act": "silu",
        "hidden_size": WIDTH,
        "initializer_range": 0.02,
        "intermediate_size": HIDDEN,
        "num_attention_heads": HEADS,
        "num_hidden_layers": layers,
        "num_key_value_heads": HEADS_KV,
        "torch_dtype": "bfloat16",
        "transformers_version": "4.45.0",
        "use_cache": True,
        **more,
    }


def layer(_: str = "") -> Mapping[str, Shape]:
    return attention() | gated() | norms("input_layernorm", "post_attention_layernorm")


def _experts(_: str) -> Mapping[str, Shape]:
    each: dict[str, Shape] = {"w1": (HIDDEN, WIDTH), "w2": (WIDTH, HIDDEN), "w3": (HIDDEN, WIDTH)}
    experts = {
        f"block_sparse_moe.experts.{number}.{name}.weight": size for number in range(4) for name, size in each.items()
    }
    router: dict[str, Shape] = {"block_sparse_moe.gate.weight": (4, WIDTH)}
    return attention() | router | experts | norms("input_layernorm", "post_attention_layernorm")


_LLAMA3 = shape(
    2,
    architectures=["LlamaForCausalLM"],
    bos_token_id=128000,
    eos_token_id=[128001, 128008, 128009],
    head_dim=HEAD,
    max_position_embeddings=131072,
    mlp_bias=False,
    model_type="llama",
    pretraining_tp=1,
    rms_norm_eps=1e-05,
    rope_scaling={
        "factor": 32.0,
        "high_freq_factor": 4.0,
        "low_freq_factor": 1.0,
        "original_max_position_embeddings": 8192,
        "rope_type": "llama3",
    },
    rope_theta=500000.0,
    tie_word_embeddings=True,
    vocab_size=128256,
)
_LLAMA2 = shape(
    2,
    architectures=["LlamaForCausalLM"],
    bos_token_id=1,
    eos_token_id=2,
    max_position_embeddings=4096,
    model_type="llama",
    pretraining_tp=1,
    rms_norm_eps=1e-05,
    rope_scaling=None,
    tie_word_embeddings=False,
    torch_dtype="float16",
    vocab_size=LLAMA2,
)
_MISTRAL = shape(
    2,
    architectures=["MistralForCausalLM"],
    bos_token_id=1,
    eos_token_id=2,
    max_position_embeddings=32768,
    model_type="mistral",
    rms_norm_eps=1e-05,
    rope_theta=1000000.0,
    sliding_window=None,
    tie_word_embeddings=False,
    vocab_size=MISTRAL,
)
_MIXTRAL = _MISTRAL | {
    "architectures": ["MixtralForCausalLM"],
    "model_type": "mixtral",
    "num_experts_per_tok": 2,
    "num_local_experts": 4,
    "output_router_logits": False,
    "router_aux_loss_coef": 0.02,
}
_SMOLLM3 = shape(
    4,
    architectures=["SmolLM3ForCausalLM"],
    bos_token_id=None,
    eos_token_id=128012,
    layer_types=["full_attention"] * 4,
    max_position_embeddings=65536,
    max_window_layers=28,
    mlp_bias=False,
    model_type="smollm3",
    no_rope_layer_interval=4,
    no_rope_layers=[1, 1, 1, 0],
    pad_token_id=128004,
    pretraining_tp=2,
    rms_norm_eps=1e-06,
    rope_scaling=None,
    rope_theta=5000000.0,
    sliding_window=None,
    tie_word_embeddings=True,
    use_sliding_window=False,
    vocab_size=128256,
)

LLAMA = (
    Checkpoint(
        "Llama-3.2-1B-Instruct",
        _LLAMA3,
        decoder(128256, layer, 2),
        llama3,
        template="meta-llama-Llama-3.2-3B-Instruct",
        generation={
            "bos_token_id": 128000,
            "do_sample": True,
            "eos_token_id": [128001, 128008, 128009],
            "temperature": 0.6,
            "top_p": 0.9,
            "transformers_version": "4.45.0",
        },
        card=_CARD,
    ),
    Checkpoint(
        "Llama-2-7b-chat-hf",
        _LLAMA2,
        decoder(LLAMA2, layer, 2, tied=False),
        llama2,
        template=_LLAMA2_TEMPLATE,
        generation={"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0, "temperature": 0.9, "top_p": 0.6},
        type="F16",
        shards=1,
    ),
    Checkpoint(
        "Mistral-7B-Instruct-v0.3",
        _MISTRAL,
        decoder(MISTRAL, layer, 2, tied=False),
        mistral,
        template="mistralai-Mistral-Nemo-Instruct-2407",
        generation={"bos_token_id": 1, "eos_token_id": 2},
        card="---\nlicense: apache-2.0\nbase_model: mistralai/Mistral-7B-v0.3\nextra_gated_description: no\n---\n",
    ),
    Checkpoint(
        "Mixtral-8x7B-Instruct-v0.1",
        _MIXTRAL,
        decoder(MISTRAL, _experts, 2, tied=False),
        mistral,
        template="mistralai-Mistral-Nemo-Instruct-2407",
    ),
    Checkpoint(
        "SmolLM3-3B",
        _SMOLLM3,
        decoder(128256, layer, 4),
        partial(llama3, begins=False),
        template="HuggingFaceTB-SmolLM3-3B",
        generation={"do_sample": True, "eos_token_id": 128012, "temperature": 0.6, "top_p": 0.95},
        card="---\nlibrary_name: transformers\nlicense: apache-2.0\nlanguage:\n- en\n- fr\n---\n",
    ),
)
