"""Architectures of attention and a plain feed-forward network."""

from __future__ import annotations

from .architecture import (
    FEED_FORWARD,
    FEED_FORWARD_WIDTH,
    FUSED_FEED_FORWARD,
    HEAD,
    HEAD_NORMS,
    HEADS,
    HEADS_KV,
    NORMS,
    QKV_BIASES,
    UP_AND_DOWN,
    WIDTH,
    Architecture,
    Tensors,
    Value,
    attention,
    biases,
    norms,
)

_WINDOW = 256
_ROPE = {"rope.dimension_count": HEAD}
_HEAD_LENGTHS = {"attention.key_length": HEAD, "attention.value_length": HEAD}
_LAYER_NORM = {"attention.layer_norm_epsilon": 1e-5}
_LLAMA: Tensors = {**NORMS, **attention(), **FEED_FORWARD}
_POST_NORMS = norms("post_attention_norm", "post_ffw_norm")
_GEMMA2: Tensors = {**_LLAMA, **_POST_NORMS}
_GEMMA3: Tensors = {**_GEMMA2, **HEAD_NORMS}
_OLMO2: Tensors = {
    **attention(),
    **FEED_FORWARD,
    **_POST_NORMS,
    "attn_q_norm.weight": (HEADS * HEAD,),
    "attn_k_norm.weight": (HEADS_KV * HEAD,),
}
_STABLELM: Tensors = {**_LLAMA, **biases("attn_norm", "ffn_norm")}
_STARCODER2: Tensors = {
    **NORMS,
    **attention(),
    **QKV_BIASES,
    **UP_AND_DOWN,
    **biases("attn_norm", "ffn_norm", "attn_output", "ffn_down"),
    "ffn_up.bias": (FEED_FORWARD_WIDTH,),
}
_PHI: Tensors = {
    **NORMS,
    "attn_qkv.weight": (WIDTH, (HEADS + 2 * HEADS_KV) * HEAD),
    "attn_output.weight": (WIDTH, WIDTH),
    **FUSED_FEED_FORWARD,
}
_GLM4: Tensors = {**NORMS, **attention(), **_POST_NORMS, **FUSED_FEED_FORWARD}
_COHERE: Tensors = {**norms("attn_norm"), **attention(), **FEED_FORWARD}
_LAST_NORM: Tensors = {**norms("output_norm"), **biases("output_norm")}
_GEMMA4_FACTS: dict[str, Value] = {
    **_HEAD_LENGTHS,
    "attention.key_length_swa": HEAD,
    "attention.value_length_swa": HEAD,
    "attention.sliding_window": _WINDOW,
    "attention.sliding_window_pattern": [1, 1, 0],
    "attention.shared_kv_layers": 0,
    "embedding_length_per_layer_input": 0,
    "rope.dimension_count": HEAD,
    "rope.dimension_count_swa": HEAD,
    "final_logit_softcapping": 30.0,
}
_XIELU = {"xielu.alpha_n": 1.0, "xielu.alpha_p": 1.0, "xielu.beta": 1.0, "xielu.eps": 1e-7}

ATTENDING = (
    Architecture("llama", (_LLAMA,) * 2, _ROPE),
    Architecture("qwen2", ({**_LLAMA, **QKV_BIASES},) * 2),
    Architecture("qwen3", ({**_LLAMA, **HEAD_NORMS},) * 2, _HEAD_LENGTHS),
    Architecture("smollm3", (_LLAMA,) * 4, _ROPE),
    Architecture("seed_oss", ({**norms("attn_norm", "post_attention_norm"), **attention(), **FEED_FORWARD},) * 2),
    Architecture(
        "apertus", ({**NORMS, **attention(), **UP_AND_DOWN, **HEAD_NORMS},) * 2, _ROPE, general=_XIELU, tied=False
    ),
    Architecture("exaone", (_LLAMA,) * 2, _ROPE),
    Architecture("granite", (_LLAMA,) * 2, {**_ROPE, "logit_scale": 8.0}),
    Architecture(
        "gemma2",
        (_GEMMA2,) * 2,
        {
            **_HEAD_LENGTHS,
            "attention.sliding_window": _WINDOW,
            "attn_logit_softcapping": 50.0,
            "final_logit_softcapping": 30.0,
        },
    ),
    Architecture("gemma3", (_GEMMA3,) * 6, {**_HEAD_LENGTHS, "attention.sliding_window": _WINDOW}),
    Architecture(
        "gemma4", (_GEMMA3,) * 3, _GEMMA4_FACTS, around={**norms("output_norm"), "rope_freqs.weight": (HEAD // 2,)}
    ),
    Architecture(
        "phi3",
        (_PHI,) * 2,
        _ROPE,
    ),
    Architecture("glm4", (_GLM4,) * 2, {"rope.dimension_count": HEAD // 2}),
    Architecture("command-r", (_COHERE,) * 2, {**_LAYER_NORM, "logit_scale": 0.0625}),
    Architecture(
        "cohere2",
        (_COHERE,) * 4,
        {**_LAYER_NORM, "logit_scale": 0.25, "attention.sliding_window": _WINDOW, "rope.dimension_count": HEAD},
    ),
    Architecture("olmo2", (_OLMO2,) * 2, tied=False),
    Architecture("stablelm", (_STABLELM,) * 2, {**_LAYER_NORM, **_ROPE}, around=_LAST_NORM, tied=False),
    Architecture("starcoder2", (_STARCODER2,) * 2, {**_LAYER_NORM, **_ROPE}, around=_LAST_NORM),
)
