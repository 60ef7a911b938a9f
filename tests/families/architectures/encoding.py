"""Architectures that read a text as a whole, for embeddings."""

from __future__ import annotations

from .architecture import (
    FEED_FORWARD,
    FEED_FORWARD_WIDTH,
    HEAD,
    HEADS,
    UP_AND_DOWN,
    WIDTH,
    Architecture,
    Tensors,
    Value,
    attention,
    biases,
    norms,
)

_CONTEXT, _MEAN, _KINDS = 512, 1, 2
_FACTS: dict[str, Value] = {
    "context_length": _CONTEXT,
    "attention.head_count_kv": HEADS,
    "attention.layer_norm_epsilon": 1e-12,
    "attention.causal": False,
    "pooling_type": _MEAN,
}
_AFTER = ("attn_output_norm", "layer_output_norm")
_BERT: Tensors = {
    **attention(heads_kv=HEADS),
    **UP_AND_DOWN,
    **norms(*_AFTER),
    **biases(*_AFTER, "attn_q", "attn_k", "attn_v", "attn_output", "ffn_down"),
    "ffn_up.bias": (FEED_FORWARD_WIDTH,),
}
_NOMIC: Tensors = {
    "attn_qkv.weight": (WIDTH, 3 * WIDTH),
    "attn_output.weight": (WIDTH, WIDTH),
    **FEED_FORWARD,
    **norms(*_AFTER),
    **biases(*_AFTER),
}
_AROUND: Tensors = {
    **norms("token_embd_norm"),
    **biases("token_embd_norm"),
    "token_types.weight": (WIDTH, _KINDS),
}

ENCODING = (
    Architecture("bert", (_BERT,) * 2, _FACTS, around={**_AROUND, "position_embd.weight": (WIDTH, _CONTEXT)}),
    Architecture(
        "nomic-bert", (_NOMIC,) * 2, {**_FACTS, "rope.dimension_count": HEAD, "rope.freq_base": 1000.0}, around=_AROUND
    ),
)
