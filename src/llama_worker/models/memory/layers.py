"""What each layer of a model keeps for every token or sequence, by the rules of llama.cpp.

Where a header leaves room for doubt (an unknown architecture with a sliding window), the larger answer is taken.
"""

from __future__ import annotations

import msgspec

from ..gguf.header import GgufHeader
from ..gguf.parser import GgufArray

CELL_PADDING = 256
_STATE_BYTES = 4

# One full layer in so many; the others look back only as far as the window. In brackets: the full one comes first.
_WINDOW_PATTERNS = {
    "afmoe": 4,
    "cohere2": 4,
    "exaone-moe": 4,
    "exaone4": 4,
    "gemma-embedding": 6,
    "gemma2": 2,
    "gemma3": 6,
    "gemma3n": 5,
    "gpt-oss": 2,
    "llama4": 4,
    "mellum": 4,
    "olmo2": 4,
    "plamo3": 8,
}
_FULL_LAYER_FIRST = {"cohere2moe": 4, "laguna": 4, "smallthinker": 4}
_NO_CACHE = frozenset({"bert", "nomic-bert", "jina-bert-v2", "jina-bert-v3", "modern-bert", "gemma-embedding"})
_FIRST_LAYERS_WITH_CACHE = {"gemma3n": 20}
_RECURRENT = frozenset({"mamba", "mamba2", "rwkv6", "rwkv6qwen2", "rwkv7", "arwkv7"})
_INTERVAL = frozenset({"qwen3next", "qwen35", "qwen35moe", "minimax-01"})


class Layer(msgspec.Struct, frozen=True):
    """One layer: `key_values` and `value_values` numbers for every token, `state_bytes` for every sequence.

    `window` is how many tokens it looks back, None for all of them.
    """

    key_values: int = 0
    value_values: int = 0
    state_bytes: int = 0
    window: int | None = None

    def cells(self, context_size: int, batch_size: int, sharing: int = 1) -> int:
        """The tokens that one cache keeps in this layer, for so many sequences that are `sharing` it."""
        if self.window is None:
            return padded(context_size)
        return padded(min(context_size, self.window * sharing + batch_size))


def padded(cells: int) -> int:
    """The engine's caches grow in steps."""
    return -(-cells // CELL_PADDING) * CELL_PADDING


def layers_of(header: GgufHeader) -> list[Layer]:
    """Every layer of the model, first one first."""
    if reads_whole(header):
        return [Layer()] * header.block_count
    heads = header.per_block("attention.head_count")
    heads_kv = _per_block_or(header, "attention.head_count_kv", heads)
    windows, recurrent = _windows(header), _recurrent(header, heads_kv)
    state, cached = _state_bytes(header), _layers_with_cache(header)
    layers = []
    for index in range(header.block_count):
        key, value = _head_lengths(header, heads[index], windows[index] is not None)
        if recurrent[index]:
            layers.append(Layer(state_bytes=state))
        elif index >= cached:
            layers.append(Layer())
        else:
            kept = heads_kv[index]
            layers.append(Layer(kept * key, kept * value, _parallel_state(header, state), windows[index]))
    return layers


def reads_whole(header: GgufHeader) -> bool:
    """Whether the model reads a text as a whole, for embeddings, and keeps nothing of it."""
    return header.architecture in _NO_CACHE


def head_size(header: GgufHeader) -> int:
    """The width of one attention head's keys."""
    return max(
        (_head_lengths(header, heads, False)[0] for heads in header.per_block("attention.head_count")), default=0
    )


def _per_block_or(header: GgufHeader, key: str, default: list[int]) -> list[int]:
    return header.per_block(key) if f"{header.architecture}.{key}" in header.metadata else default


def _head_lengths(header: GgufHeader, heads: int, windowed: bool) -> tuple[int, int]:
    """Numbers that one head keeps as key and as value. With MLA the one compressed key serves for both."""
    default = header.embedding_length // heads if heads else 0
    key = header.integer("attention.key_length", default)
    value = header.integer("attention.value_length", default)
    if windowed:
        key = header.integer("attention.key_length_swa", key)
        value = header.integer("attention.value_length_swa", value)
    return key, 0 if header.integer("attention.key_length_mla") else value


def _windows(header: GgufHeader) -> list[int | None]:
    """The window of every layer, None for those that see everything."""
    count, window = header.block_count, header.integer("attention.sliding_window")
    if header.architecture == "llama4":
        window = header.integer("attention.chunk_size", 8192)
    if not window:
        return [None] * count
    return [window if narrow else None for narrow in _narrow_layers(header, count)]


def _narrow_layers(header: GgufHeader, count: int) -> list[bool]:
    written = header.metadata.get(f"{header.architecture}.attention.sliding_window_pattern")
    if isinstance(written, GgufArray) and written.count >= count:
        return [bool(item) for item in written.values()[:count]]
    first = header.architecture in _FULL_LAYER_FIRST
    known = _WINDOW_PATTERNS.get(header.architecture) or _FULL_LAYER_FIRST.get(header.architecture)
    if known is None:
        return [False] * count
    pattern = written if type(written) is int and written > 0 else known
    return [index % pattern != (0 if first else pattern - 1) for index in range(count)]


def _recurrent(header: GgufHeader, heads_kv: list[int]) -> list[bool]:
    if header.architecture in _RECURRENT:
        return [True] * header.block_count
    if header.architecture in _INTERVAL:
        interval = header.integer("full_attention_interval", 4)
        return [(index + 1) % interval != 0 for index in range(header.block_count)]
    return [heads == 0 and _state_bytes(header) > 0 for heads in heads_kv]


def _layers_with_cache(header: GgufHeader) -> int:
    """Later layers of some models use the cache of an earlier one."""
    known = _FIRST_LAYERS_WITH_CACHE.get(header.architecture, header.block_count)
    return min(known, header.block_count - header.integer("attention.shared_kv_layers"))


def _parallel_state(header: GgufHeader, state_bytes: int) -> int:
    """In Falcon-H1 every layer has both attention and a state."""
    return state_bytes if header.architecture == "falcon-h1" else 0


def _state_bytes(header: GgufHeader) -> int:
    """What a recurrent layer keeps for a sequence, however long that is."""
    width, heads = header.embedding_length, max(header.per_block("attention.head_count"), default=0)
    if head := header.integer("wkv.head_size"):
        return _STATE_BYTES * width * (header.integer("token_shift_count", 2) + head)
    if cache := header.integer("shortconv.l_cache"):
        return _STATE_BYTES * width * (cache - 1)
    kernel, inner = header.integer("ssm.conv_kernel"), header.integer("ssm.inner_size")
    if head := header.integer("kda.head_dim"):
        return _STATE_BYTES * heads * head * (3 * (max(kernel, 4) - 1) + head)
    state, groups = header.integer("ssm.state_size"), header.integer("ssm.group_count")
    return _STATE_BYTES * ((max(kernel, 1) - 1) * (inner + 2 * groups * state) + state * inner)
