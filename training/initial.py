"""Weights to start from: small noise, and two layers that can copy before they have learned anything.

Remembering a name, filling in JSON or calling a tool is mostly copying words that stand earlier in the conversation.
Transformers do it with a pair of heads: one looks at the token before, the next looks for the place where the current
token stood before and says what came after it. Left alone, a model finds this pair only after many millions of tokens.
It is put in place here instead, and training goes on from it.
"""

import torch
from torch import Tensor

from training.model import Block, Llama, Shape

CONSTANT = 4.0
"""One channel of every embedding holds this many standard deviations: something for a head to hold on to."""
PREVIOUS = (0, 1, 2)
"""Heads of layer 0 that look one token back; the heads of the same number in layer 1 look for earlier occurrences."""
EMBEDDING = 0.15
NEAR, MATCH, SAY, CARRY = 16.0, 60.0, 0.6, 2.0
"""Sharpness of the look back, sharpness of the search, strength of what is said."""


FAST = 1 / 16
"""Radians per token; only channels that turn faster tell the token before from its neighbours."""


def directions(rows: int, columns: int) -> Tensor:
    """Rows of length 1, at right angles to each other, in no preferred direction; the constant channel is spared."""
    found: Tensor = torch.linalg.qr(torch.randn(columns - 1, rows)).Q.T
    return torch.cat((found, torch.zeros(rows, 1)), dim=1)


def _frequencies(shape: Shape) -> Tensor:
    size = shape.width // shape.heads
    return shape.rope_base ** (-torch.arange(0, size, 2).float() / size)


def _rows(shape: Shape, part: int, head: int) -> slice:
    """Where head `head` of q (0), k (1) or v (2) lies in the joined matrix."""
    size = shape.width // shape.heads
    return slice(part * shape.width + head * size, part * shape.width + (head + 1) * size)


def look_back(block: Block, shape: Shape, head: int, read: Tensor, write: Tensor) -> None:
    """Attend to the token before, whatever it is, and carry `read` of it to `write`."""
    size = shape.width // shape.heads
    turn = _frequencies(shape)
    strength = (NEAR * size**0.5) ** 0.5 / CONSTANT
    qkv, output = block.attn_qkv.weight, block.attn_output.weight
    query, key = torch.zeros(size), torch.zeros(size)
    fast = strength * (turn > FAST)
    query[0::2] = fast
    key[0::2], key[1::2] = fast * turn.cos(), fast * turn.sin()
    qkv[_rows(shape, 0, head)] = 0.0
    qkv[_rows(shape, 1, head)] = 0.0
    qkv[_rows(shape, 0, head), -1] = query
    qkv[_rows(shape, 1, head), -1] = key
    carried = slice(head * size, head * size + len(read))
    qkv[_rows(shape, 2, head)] = 0.0
    qkv[2 * shape.width + carried.start : 2 * shape.width + carried.stop] = read
    output[:, carried] = CARRY * EMBEDDING * write.T


def find_again(block: Block, shape: Shape, head: int, read: Tensor, write: Tensor) -> None:
    """Attend to places whose token before is the current token, and say what stands there.

    Only slowly turning channels compare words, as the others compare distances.
    """
    size = shape.width // shape.heads
    slow = 3 * size // 4
    query, key = MATCH * size**0.5 / slow / CARRY, 1.0
    said = directions(size, shape.width)
    qkv, output = block.attn_qkv.weight, block.attn_output.weight
    qkv[_rows(shape, 0, head)] = 0.0
    qkv[_rows(shape, 1, head)] = 0.0
    start = _rows(shape, 0, head).start + size - slow
    qkv[start : start + slow] = query * read
    start = _rows(shape, 1, head).start + size - slow
    qkv[start : start + slow] = key * write
    qkv[_rows(shape, 2, head)] = said
    output[:, head * size : (head + 1) * size] = SAY * said.T


@torch.no_grad()
def initialise(model: Llama) -> None:
    """Noise, no output of any block yet, except for the heads that copy."""
    shape = model.shape
    size = shape.width // shape.heads
    for name, weight in model.named_parameters():
        if name.endswith(("attn_output.weight", "ffn_down.weight")):
            weight.zero_()
        elif weight.dim() == 2:
            weight.normal_(std=shape.width**-0.5)
    model.token_embd.weight.normal_(std=EMBEDDING)
    model.token_embd.weight[:, -1] = CONSTANT * EMBEDDING
    first, second = model.blocks[0], model.blocks[1]
    assert isinstance(first, Block)
    assert isinstance(second, Block)
    slow = 3 * size // 4
    free = torch.split(directions(2 * slow * len(PREVIOUS), shape.width), slow)
    for head in PREVIOUS:
        read, write = free[2 * head], free[2 * head + 1]
        look_back(first, shape, head, read, write)
        find_again(second, shape, head, read, write)
