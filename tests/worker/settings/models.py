"""Models whose settings can be seen at work."""

from __future__ import annotations

from pathlib import Path

from tests.gguf_factory import write_architecture

_WIDTH, _EXPERT_WIDTH, _EXPERTS, _VOCABULARY, _LAYERS = 64, 32, 4, 512, 2


def write_mixture(path: Path) -> Path:
    """A mixture of four experts in each of two layers."""
    facts = {
        "context_length": 4096,
        "embedding_length": _WIDTH,
        "block_count": _LAYERS,
        "feed_forward_length": 96,
        "expert_feed_forward_length": _EXPERT_WIDTH,
        "expert_count": _EXPERTS,
        "expert_used_count": 2,
        "attention.head_count": 4,
        "attention.head_count_kv": 4,
        "attention.key_length": 16,
        "attention.value_length": 16,
        "vocab_size": _VOCABULARY,
    }
    layer = {
        "attn_norm": (_WIDTH,),
        "ffn_norm": (_WIDTH,),
        "attn_q_norm": (16,),
        "attn_k_norm": (16,),
        **{f"attn_{name}": (_WIDTH, _WIDTH) for name in ("q", "k", "v", "output")},
        "ffn_gate_inp": (_EXPERTS, _WIDTH),
        "ffn_gate_exps": (_EXPERTS, _EXPERT_WIDTH, _WIDTH),
        "ffn_up_exps": (_EXPERTS, _EXPERT_WIDTH, _WIDTH),
        "ffn_down_exps": (_EXPERTS, _WIDTH, _EXPERT_WIDTH),
    }
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (_VOCABULARY, _WIDTH),
        "output_norm.weight": (_WIDTH,),
        "output.weight": (_VOCABULARY, _WIDTH),
    }
    for index in range(_LAYERS):
        shapes |= {f"blk.{index}.{name}.weight": shape for name, shape in layer.items()}
    return write_architecture(path, "qwen3moe", facts, shapes)
