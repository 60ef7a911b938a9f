"""How many tokens of a prompt are computed at a time, and why so many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from ...engine.defaults import GPU_BATCH, GPU_UBATCH
from ...engine.machine import choose_batch_size, gpu_token_seconds, next_token_seconds, token_seconds
from ...models.gguf.header import GgufHeader
from ...models.gguf.work import multiply_adds

# Above this size the buffer that embeddings need is no longer small change.
_LARGEST_EMBEDDING_BUFFER = 64 * 2**20
_LARGEST_POOLED_BATCH = 2048


class Speed(Struct, frozen=True):
    """How fast a model reads on this machine. `token_seconds` were measured with so many `threads`; 0.0: they were not,
    and `reason` says why."""

    token_seconds: float = 0.0
    threads: int = 0
    reason: str = ""


NOT_MEASURED = Speed()


def on_processor(header: GgufHeader, threads: int, speed: Speed) -> dict[str, Any]:
    """For a model without layers on a GPU."""
    measured = speed.token_seconds > 0 and speed.threads == threads
    seconds = speed.token_seconds if measured else token_seconds(multiply_adds(header), threads)
    size = choose_batch_size(seconds)
    how = "as was measured on this machine" if measured else "by the model's size"
    after = next_token_seconds(size, seconds)
    reasons = {
        "batch_size": f"takes about {size * seconds:.2g} s {how}; {after:.2g} s from an abort to the next answer, about"
    }
    if speed.reason:
        reasons["calibrate"] = speed.reason
    return {"batch_size": size, "token_seconds": seconds, "reasons": reasons}


def on_gpu(header: GgufHeader, chosen: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """What is otherwise with layers on a GPU, where it was not asked for."""
    batch = asked.get("batch_size", GPU_BATCH)
    step = batch if embeds_for_little(header, batch) else min(batch, GPU_UBATCH)
    why = {"batch_size": "a GPU is idle with less: llama.cpp's own number"}
    return {
        "batch_size": batch,
        "ubatch_size": asked.get("ubatch_size", step),
        "reasons": chosen["reasons"] | why,
    }


def seconds_with(layers: int, header: GgufHeader, on_processor: float) -> float:
    """How long a token takes with so many layers on a GPU, when it takes so long `on_processor`."""
    share = min(layers / (header.block_count + 1), 1.0)
    return on_processor * (1 - share) + gpu_token_seconds(multiply_adds(header)) * share


def of_whole_texts(chosen: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a model that must have a text in one batch, and in one step too."""
    batch = asked.get("batch_size", min(chosen["context_size"], _LARGEST_POOLED_BATCH))
    why = {"batch_size": "a text is embedded as a whole, in one batch"}
    others = {name: value for name, value in chosen.items() if name != "ubatch_size"}
    return others | {"batch_size": batch, "reasons": chosen["reasons"] | why}


def embeds_for_little(header: GgufHeader, batch_size: int) -> bool:
    """An engine that can make embeddings keeps room for the logits of a whole batch."""
    return header.vocab_size * batch_size * 4 <= _LARGEST_EMBEDDING_BUFFER
