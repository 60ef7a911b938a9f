"""Architectures with a state: space-state models, linear attention, convolutions, and hybrids with attention."""

from __future__ import annotations

from .architecture import (
    EXPERT_WIDTH,
    EXPERT_WIDTH_FACTS,
    FEED_FORWARD,
    FEED_FORWARD_WIDTH,
    HEAD,
    HEAD_NORMS,
    HEADS_KV,
    NORMS,
    UP_AND_DOWN,
    WIDTH,
    Architecture,
    Tensors,
    Value,
    attention,
    biases,
    experts,
    norms,
    shared_expert,
)

_KERNEL, _INNER, _STATE, _RANK, _GROUPS = 4, 2 * WIDTH, 16, 4, 1
_CONVOLVED = _INNER + 2 * _GROUPS * _STATE
_HEAD_LENGTHS = {"attention.key_length": HEAD, "attention.value_length": HEAD}
_MAMBA_FACTS: dict[str, Value] = {
    "ssm.conv_kernel": _KERNEL,
    "ssm.inner_size": _INNER,
    "ssm.state_size": _STATE,
    "ssm.time_step_rank": _RANK,
}
_MAMBA2_FACTS: dict[str, Value] = {**_MAMBA_FACTS, "ssm.group_count": _GROUPS}
_ALONE: dict[str, Value] = {"attention.head_count": 0, "attention.head_count_kv": 0, "feed_forward_length": 0}
_HYBRID: dict[str, Value] = {"attention.head_count_kv": [0, HEADS_KV]}
_MAMBA: Tensors = {
    "ssm_in.weight": (WIDTH, 2 * _INNER),
    "ssm_conv1d.weight": (_KERNEL, _INNER),
    "ssm_conv1d.bias": (_INNER,),
    "ssm_x.weight": (_INNER, _RANK + 2 * _STATE),
    "ssm_dt.weight": (_RANK, _INNER),
    "ssm_dt.bias": (_INNER,),
    "ssm_a": (_STATE, _INNER),
    "ssm_d": (_INNER,),
    "ssm_out.weight": (_INNER, WIDTH),
}
_MAMBA_NORMS = {"ssm_dt_norm.weight": (_RANK,), "ssm_b_norm.weight": (_STATE,), "ssm_c_norm.weight": (_STATE,)}
_MAMBA2: Tensors = {
    "ssm_in.weight": (WIDTH, _INNER + _CONVOLVED + _RANK),
    "ssm_conv1d.weight": (_KERNEL, _CONVOLVED),
    "ssm_conv1d.bias": (_CONVOLVED,),
    "ssm_dt.bias": (_RANK,),
    "ssm_a": (1, _RANK),
    "ssm_d": (1, _RANK),
    "ssm_norm.weight": (_INNER // _GROUPS, _GROUPS),
    "ssm_out.weight": (_INNER, WIDTH),
}
_KEY_HEADS, _VALUE_HEADS, _DELTA = 2, 4, 32
_KEYS, _VALUES = _KEY_HEADS * _DELTA, _VALUE_HEADS * _DELTA
_DELTA_FACTS: dict[str, Value] = {
    **_HEAD_LENGTHS,
    "ssm.conv_kernel": _KERNEL,
    "ssm.inner_size": _VALUES,
    "ssm.state_size": _DELTA,
    "ssm.time_step_rank": _VALUE_HEADS,
    "ssm.group_count": _KEY_HEADS,
    "full_attention_interval": 2,
    "rope.dimension_count": HEAD,
}
_DELTA_NET: Tensors = {
    "attn_qkv.weight": (WIDTH, 2 * _KEYS + _VALUES),
    "attn_gate.weight": (WIDTH, _VALUES),
    "ssm_conv1d.weight": (_KERNEL, 2 * _KEYS + _VALUES),
    "ssm_dt.bias": (_VALUE_HEADS,),
    "ssm_a": (_VALUE_HEADS,),
    "ssm_norm.weight": (_DELTA,),
    "ssm_out.weight": (_VALUES, WIDTH),
}
_QWEN_NORMS = norms("attn_norm", "post_attention_norm")
_QWEN_EXPERTS: Tensors = {**experts(), **shared_expert(), "ffn_gate_inp_shexp.weight": (WIDTH,)}
_GATED: Tensors = {**attention(gated=True), **HEAD_NORMS}
_ALPHA_BETA: Tensors = {"ssm_beta.weight": (WIDTH, _VALUE_HEADS), "ssm_alpha.weight": (WIDTH, _VALUE_HEADS)}
_SHORT_CONVOLUTION: Tensors = {
    "shortconv.conv.weight": (3, WIDTH),
    "shortconv.in_proj.weight": (WIDTH, 3 * WIDTH),
    "shortconv.out_proj.weight": (WIDTH, WIDTH),
}
_DENSE: Tensors = {**NORMS, **FEED_FORWARD}
_LORA = 16
_MIXED = ("w", "a", "v")
_RWKV7: Tensors = {
    **norms("attn_norm", "attn_norm_2", "time_mix_ln"),
    **biases("attn_norm", "attn_norm_2", "time_mix_ln"),
    **{f"time_mix_{name}0.weight": (WIDTH,) for name in _MIXED},
    **{f"time_mix_{name}1.weight": (WIDTH, _LORA) for name in (*_MIXED, "g")},
    **{f"time_mix_{name}2.weight": (_LORA, WIDTH) for name in (*_MIXED, "g")},
    **{f"time_mix_{name}.weight": (WIDTH,) for name in ("k_k", "k_a", "r_k")},
    **{f"time_mix_{name}.weight": (WIDTH, WIDTH) for name in ("key", "value", "receptance", "output")},
    "time_mix_lerp_fused.weight": (WIDTH, 1, 1, 6),
    "channel_mix_lerp_k.weight": (WIDTH, 1, 1),
    "channel_mix_key.weight": (WIDTH, FEED_FORWARD_WIDTH),
    "channel_mix_value.weight": (FEED_FORWARD_WIDTH, WIDTH),
}
_RWKV7_FACTS: dict[str, Value] = {
    "attention.head_count": 0,
    "attention.layer_norm_epsilon": 1e-5,
    "wkv.head_size": 16,
    "attention.decay_lora_rank": _LORA,
    "attention.iclr_lora_rank": _LORA,
    "attention.value_residual_mix_lora_rank": _LORA,
    "attention.gate_lora_rank": _LORA,
    "token_shift_count": 2,
}
_RWKV7_AROUND = {**norms("output_norm", "token_embd_norm"), **biases("output_norm", "token_embd_norm")}
_NEMOTRON_FACTS: dict[str, Value] = {
    **_MAMBA2_FACTS,
    **_HEAD_LENGTHS,
    "attention.head_count_kv": [0, HEADS_KV, 0],
    "feed_forward_length": [0, 0, FEED_FORWARD_WIDTH],
    "attention.layer_norm_epsilon": 1e-5,
    "rope.dimension_count": HEAD,
}

RECURRING = (
    Architecture("mamba", ({**norms("attn_norm"), **_MAMBA},) * 2, {**_MAMBA_FACTS, **_ALONE}),
    Architecture("mamba2", ({**norms("attn_norm"), **_MAMBA2},) * 2, {**_MAMBA2_FACTS, **_ALONE}),
    Architecture(
        "jamba",
        ({**_DENSE, **_MAMBA, **_MAMBA_NORMS}, {**_DENSE, **attention()}),
        {**_MAMBA_FACTS, **_HYBRID},
    ),
    Architecture(
        "granitehybrid",
        ({**_DENSE, **_MAMBA2}, {**_DENSE, **attention()}),
        {**_MAMBA2_FACTS, **_HYBRID, "rope.dimension_count": HEAD, "logit_scale": 8.0},
    ),
    Architecture(
        "nemotron_h",
        tuple({**norms("attn_norm"), **one} for one in (_MAMBA2, attention(), UP_AND_DOWN)),
        _NEMOTRON_FACTS,
    ),
    Architecture(
        "falcon-h1",
        ({**norms("attn_norm"), "ffn_norm": (WIDTH,), **_MAMBA2, **attention(), **FEED_FORWARD},) * 2,
        {**_MAMBA2_FACTS, **_HEAD_LENGTHS, "rope.dimension_count": HEAD},
    ),
    Architecture(
        "qwen3next",
        (
            {**_QWEN_NORMS, **_DELTA_NET, "ssm_ba.weight": (WIDTH, 2 * _VALUE_HEADS), **_QWEN_EXPERTS},
            {**_QWEN_NORMS, **_GATED, **_QWEN_EXPERTS},
        ),
        {**_DELTA_FACTS, **EXPERT_WIDTH_FACTS, "expert_shared_feed_forward_length": EXPERT_WIDTH},
    ),
    Architecture(
        "qwen35",
        (
            {**_QWEN_NORMS, **_DELTA_NET, **_ALPHA_BETA, **FEED_FORWARD},
            {**_QWEN_NORMS, **_GATED, **FEED_FORWARD},
        ),
        {**_DELTA_FACTS, "rope.dimension_sections": [4, 2, 2, 0]},
    ),
    Architecture(
        "lfm2",
        ({**_DENSE, **_SHORT_CONVOLUTION}, {**_DENSE, **attention(), **HEAD_NORMS}),
        {**_HYBRID, "shortconv.l_cache": 3},
        around=norms("token_embd_norm"),
    ),
    Architecture("rwkv7", (_RWKV7,) * 2, _RWKV7_FACTS, around=_RWKV7_AROUND, tied=False),
)
