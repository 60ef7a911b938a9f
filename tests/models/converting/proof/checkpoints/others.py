"""Granite, OLMo 2, gpt-oss."""

from __future__ import annotations

from collections.abc import Mapping

from ..tokenizers.byte_pairs import gpt_oss, granite, olmo2
from .checkpoint import FOUR_BITS, HEAD, HEADS, HEADS_KV, WIDTH, Checkpoint, attention, decoder, gated, norms
from .llama import layer, shape
from .shards import Shape

_GRANITE = shape(
    2,
    architectures=["GraniteForCausalLM"],
    attention_multiplier=0.0625,
    bos_token_id=0,
    embedding_multiplier=12.0,
    eos_token_id=0,
    logits_scaling=8.0,
    max_position_embeddings=131072,
    mlp_bias=False,
    model_type="granite",
    pad_token_id=0,
    residual_multiplier=0.22,
    rms_norm_eps=1e-05,
    rope_scaling=None,
    rope_theta=10000000.0,
    tie_word_embeddings=True,
    vocab_size=49155,
)
_OLMO2 = shape(
    2,
    architectures=["Olmo2ForCausalLM"],
    eos_token_id=100257,
    max_position_embeddings=4096,
    model_type="olmo2",
    pad_token_id=100277,
    rms_norm_eps=1e-06,
    rope_scaling=None,
    rope_theta=500000,
    tie_word_embeddings=False,
    vocab_size=100352,
)
_EXPERTS, _HEAD = 4, 32
_GPT_OSS = shape(
    2,
    architectures=["GptOssForCausalLM"],
    attention_bias=True,
    eos_token_id=200002,
    experts_per_token=2,
    head_dim=_HEAD,
    initial_context_length=4096,
    intermediate_size=WIDTH,
    layer_types=["sliding_attention", "full_attention"],
    max_position_embeddings=131072,
    model_type="gpt_oss",
    num_experts_per_tok=2,
    num_local_experts=_EXPERTS,
    output_router_logits=False,
    pad_token_id=199999,
    quantization_config={
        "modules_to_not_convert": [
            "model.layers.*.self_attn",
            "model.layers.*.mlp.router",
            "model.embed_tokens",
            "lm_head",
        ],
        "quant_method": "mxfp4",
    },
    rms_norm_eps=1e-05,
    rope_scaling={
        "beta_fast": 32.0,
        "beta_slow": 1.0,
        "factor": 32.0,
        "original_max_position_embeddings": 4096,
        "rope_type": "yarn",
        "truncate": False,
    },
    rope_theta=150000,
    router_aux_loss_coef=0.9,
    sliding_window=8,
    swiglu_limit=7.0,
    tie_word_embeddings=False,
    vocab_size=201088,
)


def olmo_layer(_: str) -> Mapping[str, Shape]:
    of_heads: dict[str, Shape] = {
        "self_attn.q_norm.weight": (HEADS * HEAD,),
        "self_attn.k_norm.weight": (HEADS_KV * HEAD,),
    }
    return attention() | gated() | of_heads | norms("post_attention_layernorm", "post_feedforward_layernorm")


def _gpt_oss(_: str) -> Mapping[str, Shape]:
    groups = WIDTH // 32
    experts: dict[str, Shape] = {
        "self_attn.sinks": (HEADS,),
        "mlp.router.weight": (_EXPERTS, WIDTH),
        "mlp.router.bias": (_EXPERTS,),
        "mlp.experts.gate_up_proj_blocks": (_EXPERTS, 2 * WIDTH, groups, 16),
        "mlp.experts.gate_up_proj_scales": (_EXPERTS, 2 * WIDTH, groups),
        "mlp.experts.gate_up_proj_bias": (_EXPERTS, 2 * WIDTH),
        "mlp.experts.down_proj_blocks": (_EXPERTS, WIDTH, groups, 16),
        "mlp.experts.down_proj_scales": (_EXPERTS, WIDTH, groups),
        "mlp.experts.down_proj_bias": (_EXPERTS, WIDTH),
    }
    return attention(head=_HEAD, bias="qkvo") | experts | norms("input_layernorm", "post_attention_layernorm")


OTHERS = (
    Checkpoint(
        "granite-3.3-2b-instruct",
        _GRANITE,
        decoder(49155, layer, 2),
        granite,
        template="ibm-granite-granite-3.3-2B-Instruct",
        generation={"bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 0},
        card="---\npipeline_tag: text-generation\nlicense: apache-2.0\ntags:\n- language\n- granite-3.3\n"
        "base_model:\n- ibm-granite/granite-3.3-2b-base\n---\n",
    ),
    Checkpoint(
        "OLMo-2-1124-7B-Instruct",
        _OLMO2,
        decoder(100352, olmo_layer, 2, tied=False),
        olmo2,
        template="{% for m in messages %}{{ '<|' + m['role'] + '|>\n' + m['content'] }}{% endfor %}",
        generation={"eos_token_id": 100257, "pad_token_id": 100277},
        card="---\nlicense: apache-2.0\nlanguage:\n- en\ndatasets:\n- allenai/RLVR-GSM\n"
        "base_model:\n- allenai/OLMo-2-1124-7B-DPO\n---\n",
    ),
    Checkpoint(
        "gpt-oss-20b",
        _GPT_OSS,
        decoder(201088, _gpt_oss, 2, tied=False),
        gpt_oss,
        template="openai-gpt-oss-120b",
        tolerance=FOUR_BITS,
        generation={
            "bos_token_id": 199998,
            "do_sample": True,
            "eos_token_id": [200002, 199999],
            "pad_token_id": 199999,
        },
        card="---\nlicense: apache-2.0\npipeline_tag: text-generation\ntags:\n- vllm\n---\n",
    ),
)
