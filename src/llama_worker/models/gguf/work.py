"""How much a model computes."""

from __future__ import annotations

from .header import GgufHeader

# One is looked up, and of the other a prompt needs the rows of its last token only.
_NOT_FOR_EVERY_TOKEN = ("token_embd.", "output.")


def multiply_adds(header: GgufHeader) -> int:
    """Of one token of a prompt, attention left out: one for each weight that takes part, which of a mixture of experts
    are those that are used for a token; at least 1."""
    experts, used = header.integer("expert_count"), header.integer("expert_used_count")
    total = 0
    for tensor in header.tensors:
        if len(tensor.shape) > 1 and not tensor.name.startswith(_NOT_FOR_EVERY_TOKEN):
            of_experts = experts and "_exps." in tensor.name
            total += tensor.elements * used // experts if of_experts else tensor.elements
    return max(total, 1)
