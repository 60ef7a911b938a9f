"""Architectures of attention and experts."""

from __future__ import annotations

from .architecture import (
    EXPERT_BIAS,
    EXPERT_FACTS,
    EXPERT_WIDTH,
    EXPERT_WIDTH_FACTS,
    EXPERTS,
    FEED_FORWARD,
    FEED_FORWARD_WIDTH,
    HEAD,
    HEAD_NORMS,
    HEADS,
    HEADS_KV,
    NORMS,
    QKV_BIASES,
    WIDTH,
    Architecture,
    Tensors,
    attention,
    biases,
    experts,
    norms,
    shared_expert,
)

_LATENT, _ROTATED, _PLAIN = 32, 8, 16
_HEAD_LENGTHS = {"attention.key_length": HEAD, "attention.value_length": HEAD}
_MLA: Tensors = {
    **NORMS,
    **norms("attn_q_a_norm", "attn_kv_a_norm", width=_LATENT),
    "attn_q_a.weight": (WIDTH, _LATENT),
    "attn_q_b.weight": (_LATENT, HEADS * (_PLAIN + _ROTATED)),
    "attn_kv_a_mqa.weight": (WIDTH, _LATENT + _ROTATED),
    "attn_k_b.weight": (_PLAIN, _LATENT, HEADS),
    "attn_v_b.weight": (_LATENT, _PLAIN, HEADS),
    "attn_output.weight": (HEADS * _PLAIN, WIDTH),
}
_MLA_FACTS = {
    **EXPERT_WIDTH_FACTS,
    "attention.head_count_kv": 1,
    "attention.q_lora_rank": _LATENT,
    "attention.kv_lora_rank": _LATENT,
    "attention.key_length": _LATENT + _ROTATED,
    "attention.value_length": _LATENT,
    "attention.key_length_mla": _PLAIN + _ROTATED,
    "attention.value_length_mla": _PLAIN,
    "rope.dimension_count": _ROTATED,
    "leading_dense_block_count": 1,
    "expert_shared_count": 1,
    "expert_gating_func": 2,
}
_GPT_OSS: Tensors = {
    **norms("attn_norm", "post_attention_norm"),
    **attention(),
    **QKV_BIASES,
    **experts(),
    **biases("attn_output"),
    "attn_sinks.weight": (HEADS,),
    "ffn_gate_inp.bias": (EXPERTS,),
    "ffn_gate_exps.bias": (EXPERT_WIDTH, EXPERTS),
    "ffn_up_exps.bias": (EXPERT_WIDTH, EXPERTS),
    "ffn_down_exps.bias": (WIDTH, EXPERTS),
}
_MINIMAX: Tensors = {
    **NORMS,
    **attention(),
    **experts(FEED_FORWARD_WIDTH),
    **EXPERT_BIAS,
    "attn_q_norm.weight": (HEADS * HEAD,),
    "attn_k_norm.weight": (HEADS_KV * HEAD,),
}
_GLM: Tensors = {**norms("attn_norm", "post_attention_norm"), **attention(), **HEAD_NORMS}

MIXING = (
    Architecture(
        "llama",
        ({**NORMS, **attention(), **experts(FEED_FORWARD_WIDTH)},) * 2,
        {**EXPERT_FACTS, "rope.dimension_count": HEAD},
        variant="mixtral",
    ),
    Architecture("qwen3moe", ({**NORMS, **attention(), **HEAD_NORMS, **experts()},) * 2, EXPERT_WIDTH_FACTS),
    Architecture(
        "deepseek2",
        ({**_MLA, **FEED_FORWARD}, {**_MLA, **experts(), **shared_expert(), **EXPERT_BIAS}),
        _MLA_FACTS,
    ),
    Architecture(
        "gpt-oss",
        (_GPT_OSS,) * 4,
        {**EXPERT_WIDTH_FACTS, **_HEAD_LENGTHS, "attention.sliding_window": 128, "rope.dimension_count": HEAD},
        tied=False,
    ),
    Architecture(
        "glm4moe",
        ({**_GLM, **FEED_FORWARD}, {**_GLM, **experts(), **shared_expert(), **EXPERT_BIAS}),
        {**EXPERT_WIDTH_FACTS, **_HEAD_LENGTHS, "leading_dense_block_count": 1, "expert_shared_count": 1},
    ),
    Architecture(
        "minimax-m2",
        (_MINIMAX,) * 2,
        {**EXPERT_FACTS, **_HEAD_LENGTHS, "expert_feed_forward_length": FEED_FORWARD_WIDTH, "expert_gating_func": 2},
        tied=False,
    ),
)
