"""The terms of a memory estimate that depend on contexts: caches, scratch, and the process itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
from msgspec import structs

from ..gguf.ggml_types import TYPES_BY_NAME
from ..gguf.header import GgufHeader
from ..gguf.parser import GgufArray
from .graphs import graph_bytes
from .layers import Layer, reads_whole
from .scratch import attention_numbers, feed_forward_numbers, recurrent_numbers

FlashAttention = Literal["auto", True, False]

_F32, _F16 = 4, 2
_RUNTIME_BYTES = 40 << 20
_BYTES_PER_TOKEN_OF_VOCABULARY = 200
_BYTES_PER_MERGE = 200
_BYTES_PER_CANDIDATE = 20


class Plan(msgspec.Struct, frozen=True):
    """How the model would be run; the words of the engine's settings."""

    context_size: int
    sequences: int = 1
    kv_unified: bool = False
    batch_size: int = 512
    cache_type_k: str = "f16"
    cache_type_v: str = "f16"
    gpu_layers: int | None = None
    flash_attention: FlashAttention = "auto"
    use_mmap: bool = True
    swa_full: bool = False
    kv_offload: bool = True
    repack: bool = True
    cpu_moe: bool | int = False
    context_checkpoints: int = 1
    embeds: bool = False
    companion_bytes: int = 0
    draft_tokens: int = 0

    @property
    def caches(self) -> int:
        """How many there are, each of the whole context."""
        return 1 if self.kv_unified else self.sequences

    @property
    def sharing(self) -> int:
        """How many sequences use one cache."""
        return self.sequences if self.kv_unified else 1


def kv_cache_bytes(layers: Sequence[Layer], plan: Plan) -> int:
    """What the sequences keep of what they have read, in these layers."""
    key, value = TYPES_BY_NAME[plan.cache_type_k.upper()], TYPES_BY_NAME[plan.cache_type_v.upper()]
    total = 0
    for layer in layers:
        cells = _cells(layer, plan, plan.batch_size)
        cache = key.bytes_for(layer.key_values * cells) + value.bytes_for(layer.value_values * cells)
        total += cache * plan.caches + layer.state_bytes * plan.sequences
    return total


def _cells(layer: Layer, plan: Plan, batch_size: int) -> int:
    """What one cache keeps in this layer; with `swa_full` a window only limits what is looked at."""
    kept = structs.replace(layer, window=None) if plan.swa_full else layer
    return kept.cells(plan.context_size, batch_size, plan.sharing)


def compute_bytes(header: GgufHeader, layers: Sequence[Layer], plan: Plan) -> int:
    """The largest scratch of any layer for a whole batch, the masks, room for the converted inputs, and the graphs."""
    batch = min(plan.batch_size, plan.context_size * plan.caches)
    kinds = {layer.window: _cells(layer, plan, batch) for layer in layers if layer.key_values}
    if reads_whole(header):
        kinds = {None: batch}
    flash = plan.flash_attention is not False
    masks = sum(kinds.values()) * (_F16 if flash else _F32)
    numbers = max(
        feed_forward_numbers(header),
        attention_numbers(header, layers, flash, max(kinds.values(), default=0)),
        recurrent_numbers(header, layers),
    )
    states = plan.sequences * max((layer.state_bytes for layer in layers), default=0)
    scores = 0 if flash else max(header.per_block("attention.head_count"), default=0) * max(kinds.values(), default=0)
    converted = max(_converted_bytes(header), scores * _F16)
    return (
        batch * (numbers * _F32 + masks + converted)
        + _outputs_bytes(header, plan, batch)
        + states
        + graph_bytes(header, batch)
    )


def _outputs_bytes(header: GgufHeader, plan: Plan, batch: int) -> int:
    """What comes out, where it is computed and where it is kept; of a model for embeddings for each token of a batch.

    llama.cpp keeps room for logits there too, and computes them where the model has an output.
    """
    vocabulary, embeds = header.vocab_size * _F32, plan.embeds or header.integer("pooling_type") > 0
    if not embeds:
        return 2 * min(batch, plan.sequences * (1 + plan.draft_tokens)) * vocabulary
    return batch * ((1 if reads_whole(header) else 2) * vocabulary + header.embedding_length * _F32)


def _converted_bytes(header: GgufHeader) -> int:
    """For each token the widest input of a matrix, converted to the type that the weights are multiplied with."""
    widest = max((tensor.shape[0] for tensor in header.tensors if len(tensor.shape) > 1), default=0)
    kind = header.quantization
    return widest * {"F32": 0, "F16": 2, "BF16": 2}.get(kind, 1)


def runtime_bytes(header: GgufHeader, layers: Sequence[Layer], plan: Plan) -> int:
    """The process, the vocabulary, each sequence's candidates, and the checkpoints of what cannot be rewound."""
    vocabulary = header.vocab_size * (_BYTES_PER_TOKEN_OF_VOCABULARY + plan.sequences * _BYTES_PER_CANDIDATE)
    merges = header.metadata.get("tokenizer.ggml.merges")
    if isinstance(merges, GgufArray):
        vocabulary += merges.count * _BYTES_PER_MERGE
    return _RUNTIME_BYTES + vocabulary + plan.context_checkpoints * checkpoint_bytes(layers, plan)


def checkpoint_bytes(layers: Sequence[Layer], plan: Plan) -> int:
    """One copy for each sequence of what cannot be rewound: states, and caches that forget what leaves a window."""
    rolling = [Layer(state_bytes=layer.state_bytes) for layer in layers if layer.window is None and layer.state_bytes]
    if not plan.swa_full:
        rolling += [layer for layer in layers if layer.window is not None]
    return kv_cache_bytes(rolling, plan)
