"""The llama architecture in PyTorch, laid out as llama.cpp expects it (interleaved rotary pairs, tied embeddings)."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Shape:
    """Sizes of the network; `context` is in tokens."""

    vocabulary: int = 2048
    width: int = 192
    layers: int = 6
    heads: int = 6
    inner: int = 512
    context: int = 2048
    rope_base: float = 1e6
    epsilon: float = 1e-5


def rotary_table(shape: Shape) -> tuple[Tensor, Tensor]:
    """Cosines and sines, one row per position, one column per pair of channels."""
    size = shape.width // shape.heads
    frequencies = shape.rope_base ** (-torch.arange(0, size, 2).float() / size)
    angles = torch.arange(shape.context).float()[:, None] * frequencies[None, :]
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn neighbouring channels (2i, 2i+1) by their position's angle."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2)


class Block(nn.Module):
    """Attention, then a gated feed-forward network, each behind an RMS norm."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width, inner = shape.width, shape.inner
        self.heads = shape.heads
        self.attn_norm = nn.RMSNorm(width, eps=shape.epsilon)
        self.attn_qkv = nn.Linear(width, 3 * width, bias=False)
        self.attn_output = nn.Linear(width, width, bias=False)
        self.ffn_norm = nn.RMSNorm(width, eps=shape.epsilon)
        self.ffn_gate = nn.Linear(width, inner, bias=False)
        self.ffn_up = nn.Linear(width, inner, bias=False)
        self.ffn_down = nn.Linear(inner, width, bias=False)

    def attend(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        batch, length, width = x.shape
        q, k, v = self.attn_qkv(x).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(rotate(q, cos, sin), rotate(k, cos, sin), v, is_causal=True)
        output: Tensor = self.attn_output(mixed.transpose(1, 2).reshape(batch, length, width))
        return output

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        x = x + self.attend(self.attn_norm(x), cos, sin)
        y = self.ffn_norm(x)
        fed: Tensor = self.ffn_down(F.silu(self.ffn_gate(y)) * self.ffn_up(y))
        return x + fed


class Llama(nn.Module):
    """Token ids in, hidden states out; `logits` turns the wanted ones into scores."""

    cos: Tensor
    sin: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Embedding(shape.vocabulary, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.output_norm = nn.RMSNorm(shape.width, eps=shape.epsilon)
        cos, sin = rotary_table(shape)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def forward(self, ids: Tensor) -> Tensor:
        length = ids.shape[1]
        x = self.token_embd(ids)
        for block in self.blocks:
            x = block(x, self.cos[:length], self.sin[:length])
        normed: Tensor = self.output_norm(x)
        return normed

    def logits(self, hidden: Tensor) -> Tensor:
        return F.linear(hidden, self.token_embd.weight)

    def loss(self, ids: Tensor, wanted: Tensor) -> Tensor:
        """Summed cross entropy of the tokens that `wanted` marks, each predicted from those before it."""
        chosen = wanted[:, 1:]
        hidden = self(ids[:, :-1])[chosen]
        return F.cross_entropy(self.logits(hidden), ids[:, 1:][chosen], reduction="sum")
