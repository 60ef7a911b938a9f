"""What describes an architecture, and the parts that most of them share.

Shapes are in the order of llama.cpp's sources: the length of a row first.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

Tensors = Mapping[str, tuple[int, ...]]
Value = bool | int | float | list[int]

WIDTH, FEED_FORWARD_WIDTH = 64, 96
HEADS, HEADS_KV, HEAD = 4, 2, 16
EXPERTS, EXPERTS_USED, EXPERT_WIDTH = 4, 2, 32
CONTEXT = 32768


class Architecture(Struct, frozen=True):
    """A model's tensors but for the vocabulary's, and its numbers.

    `facts` are numbers whose keys begin with the architecture's name in a file, `general` those that stand as they are.

    `blocks` are its layers, first one first. `tied` models use the embedding of tokens for their output too, `around`
    is what they have beside the layers. `variant` tells apart what has one name in llama.cpp.
    """

    name: str
    blocks: tuple[Tensors, ...]
    facts: Mapping[str, Value] = {}
    general: Mapping[str, Value] = {}
    around: Tensors = field(default_factory=lambda: norms("output_norm"))
    tied: bool = True
    variant: str = ""

    def tensors(self, vocabulary: int) -> dict[str, tuple[int, ...]]:
        """Every tensor of a model with so many tokens."""
        tensors: dict[str, tuple[int, ...]] = {"token_embd.weight": (WIDTH, vocabulary), **self.around}
        if not self.tied:
            tensors["output.weight"] = (WIDTH, vocabulary)
        for index, block in enumerate(self.blocks):
            tensors |= {f"blk.{index}.{name}": shape for name, shape in block.items()}
        return tensors

    def numbers(self) -> dict[str, Value]:
        """The metadata under the names that a model file has them."""
        own = self._common() | dict(self.facts)
        return {f"{self.name}.{key}": value for key, value in own.items()} | dict(self.general)

    def _common(self) -> dict[str, Value]:
        return {
            "context_length": CONTEXT,
            "embedding_length": WIDTH,
            "block_count": len(self.blocks),
            "feed_forward_length": FEED_FORWARD_WIDTH,
            "attention.head_count": HEADS,
            "attention.head_count_kv": HEADS_KV,
            "attention.layer_norm_rms_epsilon": 1e-5,
        }


def attention(heads: int = HEADS, heads_kv: int = HEADS_KV, head: int = HEAD, gated: bool = False) -> Tensors:
    """Queries, keys, values and the output; `gated` queries bring a gate of the same width."""
    return {
        "attn_q.weight": (WIDTH, heads * head * (2 if gated else 1)),
        "attn_k.weight": (WIDTH, heads_kv * head),
        "attn_v.weight": (WIDTH, heads_kv * head),
        "attn_output.weight": (heads * head, WIDTH),
    }


def biases(*names: str, width: int = WIDTH) -> dict[str, tuple[int, ...]]:
    """A bias beside each of these."""
    return {f"{name}.bias": (width,) for name in names}


def norms(*names: str, width: int = WIDTH) -> dict[str, tuple[int, ...]]:
    """A norm's weights for each of these."""
    return {f"{name}.weight": (width,) for name in names}


NORMS = norms("attn_norm", "ffn_norm")
HEAD_NORMS = norms("attn_q_norm", "attn_k_norm", width=HEAD)
UP_AND_DOWN: Tensors = {
    "ffn_up.weight": (WIDTH, FEED_FORWARD_WIDTH),
    "ffn_down.weight": (FEED_FORWARD_WIDTH, WIDTH),
}
FEED_FORWARD: Tensors = {"ffn_gate.weight": (WIDTH, FEED_FORWARD_WIDTH), **UP_AND_DOWN}
FUSED_FEED_FORWARD: Tensors = {**UP_AND_DOWN, "ffn_up.weight": (WIDTH, 2 * FEED_FORWARD_WIDTH)}
EXPERT_BIAS: Tensors = {"exp_probs_b.bias": (EXPERTS,)}
QKV_BIASES: Tensors = {
    "attn_q.bias": (HEADS * HEAD,),
    "attn_k.bias": (HEADS_KV * HEAD,),
    "attn_v.bias": (HEADS_KV * HEAD,),
}


def experts(width: int = EXPERT_WIDTH) -> Tensors:
    """Experts and what chooses among them."""
    return {
        "ffn_gate_inp.weight": (WIDTH, EXPERTS),
        "ffn_gate_exps.weight": (WIDTH, width, EXPERTS),
        "ffn_up_exps.weight": (WIDTH, width, EXPERTS),
        "ffn_down_exps.weight": (width, WIDTH, EXPERTS),
    }


def shared_expert(width: int = EXPERT_WIDTH) -> Tensors:
    """The expert that every token passes."""
    return {
        "ffn_gate_shexp.weight": (WIDTH, width),
        "ffn_up_shexp.weight": (WIDTH, width),
        "ffn_down_shexp.weight": (width, WIDTH),
    }


EXPERT_FACTS: Mapping[str, Value] = {"expert_count": EXPERTS, "expert_used_count": EXPERTS_USED}
EXPERT_WIDTH_FACTS: Mapping[str, Value] = {**EXPERT_FACTS, "expert_feed_forward_length": EXPERT_WIDTH}
