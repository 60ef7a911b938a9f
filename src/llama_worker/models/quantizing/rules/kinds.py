"""What a tensor is for, and whether it is quantized at all, as its name and shape tell."""

from __future__ import annotations

from enum import Enum

from ...gguf.parser import TensorInfo

EMBEDDINGS = frozenset({"token_embd.weight", "per_layer_token_embd.weight"})
OUTPUT = "output.weight"


class Kind(Enum):
    """What decides on a tensor's type."""

    OUTPUT = "output"
    EMBEDDING = "token embedding"
    FUSED = "queries, keys and values in one"
    COMPRESSED = "keys and values that unfold from a compressed form"
    VALUE = "values"
    KEY = "keys"
    QUERY = "queries"
    ATTENTION_OUTPUT = "the attention's output"
    UP = "the way up of the feed-forward part"
    GATE = "its gate"
    DOWN = "its way down"
    OTHER = "anything else"


VALUES = frozenset({Kind.FUSED, Kind.COMPRESSED, Kind.VALUE})
"""What holds the attention's values, which suffer most from few bits."""

# The first whose text is in the name.
_BY_NAME = (
    ("attn_qkv.weight", Kind.FUSED),
    ("attn_kv_b.weight", Kind.COMPRESSED),
    ("attn_v.weight", Kind.VALUE),
    ("attn_k.weight", Kind.KEY),
    ("attn_q.weight", Kind.QUERY),
    ("attn_output.weight", Kind.ATTENTION_OUTPUT),
    ("ffn_up", Kind.UP),
    ("ffn_gate", Kind.GATE),
    ("ffn_down", Kind.DOWN),
)
_WHOLE_NAMES = frozenset({"position_embd.weight", "token_types.weight"})
# Small, or what a model cannot do without: norms, the choice of experts, convolutions, decays, positions.
_PARTS_OF_NAMES = (
    "_norm.weight",
    "ffn_gate_inp.weight",
    "ffn_gate_tid2eid.weight",
    "altup",
    "laurel",
    "per_layer_model_proj",
    "ssm_conv1d",
    "shortconv.conv.weight",
    "indexer.k_proj.weight",
    "indexer.q_proj.weight",
    "time_mix_first.weight",
    "time_mix_w0.weight",
    "time_mix_w1.weight",
    "time_mix_w2.weight",
    "time_mix_v0.weight",
    "time_mix_v1.weight",
    "time_mix_v2.weight",
    "time_mix_a0.weight",
    "time_mix_a1.weight",
    "time_mix_a2.weight",
    "time_mix_g1.weight",
    "time_mix_g2.weight",
    "time_mix_decay_w1.weight",
    "time_mix_decay_w2.weight",
    "time_mix_lerp_fused.weight",
    "attn_rel_b.weight",
    ".position_embd",
    "sam.pos_embd",
    "sam.neck.",
    "sam.net_",
    ".rel_pos",
    ".patch_embd",
    ".patch_merger",
    "a.rvq.codebook",
    "mm.a.code_embd",
)


def kind_of(name: str) -> Kind:
    """What the tensor of that name is for."""
    if name == OUTPUT:
        return Kind.OUTPUT
    if name in EMBEDDINGS:
        return Kind.EMBEDDING
    return next((kind for part, kind in _BY_NAME if part in name), Kind.OTHER)


def is_quantized(tensor: TensorInfo) -> bool:
    """Whether the tensor changes its type; all others are copied."""
    name = tensor.name
    if not any(length > 1 for length in tensor.shape[1:]) or not name.endswith("weight") or name in _WHOLE_NAMES:
        return False
    return not any(part in name for part in _PARTS_OF_NAMES)
