"""The sizes of models that are measured, and the tensors that each consists of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["Q8_0", "Q4_0"]


@dataclass(frozen=True)
class Shape:
    """A model of llama's architecture; with `experts` each layer has so many, of which `used` compute a token."""

    name: str
    kind: Kind
    width: int
    layers: int
    heads: int
    heads_kv: int
    feed_forward: int
    vocabulary: int = 32000
    context: int = 32768
    experts: int = 0
    used: int = 0

    def metadata(self) -> dict[str, int]:
        """The numbers of the file's header, by their keys."""
        facts = {
            "context_length": self.context,
            "embedding_length": self.width,
            "block_count": self.layers,
            "feed_forward_length": self.feed_forward,
            "attention.head_count": self.heads,
            "attention.head_count_kv": self.heads_kv,
            "rope.dimension_count": self.width // self.heads,
            "vocab_size": self.vocabulary,
        }
        if self.experts:
            facts |= {"expert_count": self.experts, "expert_used_count": self.used}
        return {f"llama.{name}": number for name, number in facts.items()}

    def matrices(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Quantized tensors: names, and shapes with the row's length last."""
        yield "token_embd.weight", (self.vocabulary, self.width)
        yield "output.weight", (self.vocabulary, self.width)
        keys = self.width // self.heads * self.heads_kv
        for layer in range(self.layers):
            yield f"blk.{layer}.attn_q.weight", (self.width, self.width)
            yield f"blk.{layer}.attn_k.weight", (keys, self.width)
            yield f"blk.{layer}.attn_v.weight", (keys, self.width)
            yield f"blk.{layer}.attn_output.weight", (self.width, self.width)
            yield from self._feed_forward(layer)

    def _feed_forward(self, layer: int) -> Iterator[tuple[str, tuple[int, ...]]]:
        many, suffix = ((self.experts,), "_exps") if self.experts else ((), "")
        yield f"blk.{layer}.ffn_gate{suffix}.weight", (*many, self.feed_forward, self.width)
        yield f"blk.{layer}.ffn_up{suffix}.weight", (*many, self.feed_forward, self.width)
        yield f"blk.{layer}.ffn_down{suffix}.weight", (*many, self.width, self.feed_forward)

    def norms(self) -> Iterator[str]:
        """Vectors of the model's width."""
        yield "output_norm.weight"
        for layer in range(self.layers):
            yield f"blk.{layer}.attn_norm.weight"
            yield f"blk.{layer}.ffn_norm.weight"

    def routers(self) -> Iterator[str]:
        """Matrices that choose the experts, one row each."""
        if self.experts:
            yield from (f"blk.{layer}.ffn_gate_inp.weight" for layer in range(self.layers))


SHAPES = {
    shape.name: shape
    for shape in (
        Shape("350M", "Q8_0", width=1024, layers=24, heads=16, heads_kv=16, feed_forward=2816),
        Shape("1B", "Q4_0", width=2048, layers=16, heads=32, heads_kv=8, feed_forward=8192),
        # 0.9 billion weights, of which 0.2 compute each token.
        Shape("experts", "Q4_0", 1024, layers=16, heads=16, heads_kv=4, feed_forward=512, experts=32, used=4),
        Shape("tiny", "Q8_0", width=64, layers=2, heads=4, heads_kv=2, feed_forward=128, vocabulary=12000),
    )
}
