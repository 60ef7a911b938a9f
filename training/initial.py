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


def look_back(block: Block, shape: Shape, head: int, distance: int, read: Tensor, write: Tensor) -> None:
    """Attend to the token `distance` before, whatever it is, and carry `read` of it to `write`."""
    size = shape.width // shape.heads
    turn = _frequencies(shape)
    strength = (NEAR * size**0.5) ** 0.5 / CONSTANT
    qkv, output = block.attn_qkv.weight, block.attn_output.weight
    query, key = torch.zeros(size), torch.zeros(size)
    fast = strength * (turn > FAST)
    query[0::2] = fast
    key[0::2], key[1::2] = fast * (distance * turn).cos(), fast * (distance * turn).sin()
    qkv[_rows(shape, 0, head)] = 0.0
    qkv[_rows(shape, 1, head)] = 0.0
    qkv[_rows(shape, 0, head), -1] = query
    qkv[_rows(shape, 1, head), -1] = key
    carried = slice(head * size, head * size + len(read))
    qkv[_rows(shape, 2, head)] = 0.0
    qkv[2 * shape.width + carried.start : 2 * shape.width + carried.stop] = read
    output[:, carried] = CARRY * EMBEDDING * write.T


def find_again(block: Block, shape: Shape, head: int, query: Tensor, key: Tensor) -> None:
    """Attend to places whose `key` is like the `query` of this one, and say what stands there.

    Only slowly turning channels compare words, as the others compare distances.
    """
    size = shape.width // shape.heads
    slow = len(query)
    said = directions(size, shape.width)
    qkv, output = block.attn_qkv.weight, block.attn_output.weight
    for part, rows in ((0, MATCH * size**0.5 / slow / CARRY * query), (1, key)):
        start = _rows(shape, part, head).start + size - slow
        qkv[_rows(shape, part, head)] = 0.0
        qkv[start : start + slow] = rows
    qkv[_rows(shape, 2, head)] = said
    output[:, head * size : (head + 1) * size] = SAY * said.T


def copying_heads(first: Block, second: Block, shape: Shape) -> None:
    """Two heads that continue after the current token, one that continues after the current and the one before."""
    slow = 3 * (shape.width // shape.heads) // 4
    half = slow // 2
    sizes = [slow, slow, slow, slow, half, half, half]
    read, write, read_too, write_too, two_read, two_write, one_write = torch.split(
        directions(sum(sizes), shape.width), sizes
    )
    look_back(first, shape, 0, 1, read, write)
    look_back(first, shape, 1, 1, read_too, write_too)
    look_back(first, shape, 2, 2, two_read, two_write)
    look_back(first, shape, 3, 1, two_read, one_write)
    find_again(second, shape, 0, read, write)
    find_again(second, shape, 1, read_too, write_too)
    find_again(second, shape, 2, torch.cat((read[:half], one_write / CARRY)), torch.cat((write[:half], two_write)))


@torch.no_grad()
def initialise(model: Llama) -> None:
    """Noise, no output of any block yet, except for the heads that copy."""
    shape = model.shape
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
    copying_heads(first, second, shape)
