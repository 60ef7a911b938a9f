"""Muon for the matrices inside the blocks, AdamW for everything else.

Written out here, in fp32 and with equal shapes batched, because torch's own Muon works in bf16, which is slow on CPUs
without bf16 units.
"""

from collections import defaultdict

import torch
from torch import Tensor, nn

from training.model import Llama

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
EMBEDDING_SHARE = 0.5
"""Learning rate of embeddings and norms, as a share of the matrices'."""


def orthogonalise(updates: Tensor, rounds: int = 5) -> Tensor:
    """Push the singular values of each matrix in a stack towards 1."""
    a, b, c = NEWTON_SCHULZ
    tall = updates.shape[-2] > updates.shape[-1]
    x: Tensor = updates.mT if tall else updates
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(rounds):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    """Momentum whose direction is orthogonalised; decoupled weight decay."""

    def __init__(self, weights: list[nn.Parameter], lr: float, momentum: float = 0.95, decay: float = 0.2):
        super().__init__(weights, {"lr": lr, "momentum": momentum, "decay": decay, "share": 1.0})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            by_shape: dict[torch.Size, list[Tensor]] = defaultdict(list)
            for weight in group["params"]:
                by_shape[weight.shape].append(weight)
            for weights in by_shape.values():
                self._update(weights, group["lr"], group["momentum"], group["decay"])

    def _update(self, weights: list[Tensor], lr: float, momentum: float, decay: float) -> None:
        directions = []
        for weight in weights:
            assert weight.grad is not None
            velocity = self.state[weight].setdefault("velocity", torch.zeros_like(weight))
            velocity.lerp_(weight.grad, 1 - momentum)
            directions.append(weight.grad.lerp(velocity, momentum))
        stacked = orthogonalise(torch.stack(directions))
        scale = 0.2 * max(weights[0].shape) ** 0.5
        for weight, direction in zip(weights, stacked, strict=True):
            weight.mul_(1 - lr * decay).add_(direction, alpha=-lr * scale)


def build(model: Llama, lr: float) -> list[torch.optim.Optimizer]:
    """Both optimizers; each group knows its share of the learning rate."""
    matrices = [p for p in model.blocks.parameters() if p.dim() == 2]
    chosen = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in chosen]
    rest = [{"params": others, "share": EMBEDDING_SHARE}]
    return [
        Muon(matrices, lr=lr),
        torch.optim.AdamW(rest, lr=lr, betas=(0.9, 0.98), weight_decay=0.0),
    ]
