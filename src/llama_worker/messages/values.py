"""What replies and messages tell: one Struct each, the same in Python and, in camelCase, on the wire."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from ..options import Rope
from .adapters import Adapter

__all__ = [
    "DeviceMemory",
    "FinishReason",
    "LoadedModel",
    "MemoryEstimate",
    "ModelInfo",
    "ModelSettings",
    "Rendered",
    "RenderedPiece",
    "Timings",
    "TokenLogprob",
    "ToolCall",
    "Usage",
]

FinishReason = Literal["stop", "length", "stop_sequence", "abort", "tool_calls"]


class Usage(Struct, frozen=True, rename="camel"):
    """Tokens as the engine counted them; `cached_tokens` of the prompt's were not computed again. Of the answer's,
    `accepted_tokens` were drafted beforehand and only verified, out of `drafted_tokens`."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    cached_tokens: int = 0
    drafted_tokens: int = 0
    accepted_tokens: int = 0


class Timings(Struct, frozen=True, rename="camel"):
    """Seconds that the engine spent on the prompt and on the answer, and tokens per second of the answer."""

    prompt_seconds: float = 0.0
    completion_seconds: float = 0.0
    tokens_per_second: float = 0.0


class RenderedPiece(Struct, frozen=True):
    """A part of a prompt: a control token, of which `text` is the name, or the text between two of them."""

    text: str
    control: bool = False


class Rendered(Struct, frozen=True):
    """A prompt as the model sees it: the `text` that the chat template makes of a conversation, the ids of its
    `tokens`, and its `pieces`. As a string it has brackets around control tokens: `⟦<|im_start|>⟧user`."""

    text: str
    tokens: tuple[int, ...]
    pieces: tuple[RenderedPiece, ...]

    def __str__(self) -> str:
        return "".join(f"⟦{piece.text}⟧" if piece.control else piece.text for piece in self.pieces)


class ToolCall(Struct, frozen=True, omit_defaults=True):
    """A function that the model wants called; `arguments` is JSON text. `source` is the MCP server whose tool it is,
    for whoever is to approve the call."""

    id: str
    name: str
    arguments: str
    source: str = ""


class TokenLogprob(Struct, frozen=True, rename="camel"):
    """A token, the natural logarithm of its probability before sampling, and the likeliest tokens in its place."""

    id: int
    text: str
    logprob: float
    top: tuple[TokenLogprob, ...] = ()


class ModelSettings(Struct, frozen=True, kw_only=True, rename="camel"):
    """What an engine was told, by the names of the options that change it; None is what the engine decides itself.

    `context_size` (of each of the `sequences`, or of all with `kv_unified`) and batches are in tokens. `gpu_layers`:
    None are as many as fit, `gpu_memory_margin` bytes of each GPU left free. `prompt_cache_bytes` of main memory keep
    conversations that have left their sequence. `memory_limit` in bytes, 0 for none; the default one does not hold with
    a GPU. `draft_tokens`: how many are drafted at once at most, 0 for none. `reasons`: why what depends on the machine
    or the model is as it is, by its name in Python ("batch_size").
    """

    context_size: int
    kv_unified: bool
    sequences: int
    batch_size: int
    ubatch_size: int
    threads: int
    threads_batch: int
    gpu_layers: int | None
    gpu_memory_margin: int
    prompt_cache_bytes: int
    memory_limit: int
    cache_type_k: str
    cache_type_v: str
    flash_attention: Literal["auto", True, False]
    rope: Rope | None
    context_checkpoints: int
    swa_full: bool
    seed: int | None
    use_mmap: bool
    use_mlock: bool
    use_direct_io: bool
    cpu_moe: bool | int
    moe_cache_bytes: int
    kv_offload: bool
    op_offload: bool
    repack: bool
    main_gpu: int | None
    split_mode: str | None
    tensor_split: tuple[float, ...] | None
    numa: str | None
    speculative: str | None
    draft_model: str | None
    draft_tokens: int
    reasons: dict[str, str]


class DeviceMemory(Struct, frozen=True, rename="camel"):
    """Bytes that a model takes of one kind of memory: its weights, what its sequences keep, and scratch.

    `device` is llama.cpp's name for it, such as "CUDA0", "CPU" or "CPU_Mapped" (mapped from the file).
    """

    device: str
    model_bytes: int = 0
    cache_bytes: int = 0
    compute_bytes: int = 0


class ModelInfo(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What is known of a loaded model: `size` in bytes, `parameters` its weights, sizes of contexts, batches and
    vocabulary in tokens, `sequences` the requests that are computed at once. With `kv_unified` these share one context
    of `context_size`, each of which may use all of it; else each has its own. `context_reason`: why it is that large.

    `public_name` is what it is called towards others; no path. `pid` is its engine's process id, None while it is not
    running. `engine` is "ready", "starting", "stopped" (the next request starts it), or "failed": it died too often for
    that, and the model must be loaded again. `last_death` says how it ended last. `reduced` names
    what was given up because it ran out of memory, as "sequences: 4 to 2". `settings` are what its engine was told.

    Of `layers`, the output counting as one, `gpu_layers` are on GPUs; None: the engine knows of no GPU, or none runs.
    `memory` is what went where, told only where there is a GPU. `gpu_unused` says why no GPU computes although the
    machine has one.

    `resident_bytes` of its engine's process are in main memory now, `mapped_bytes` of them pages of the model file,
    which the system may drop and read again; None while it is not running.

    `modalities` are what it reads beside text ("image", "audio"), with the file `projector`. `loras`
    are the adapters that prompts may ask for.
    """

    name: str
    path: str
    size: int
    parameters: int
    context_size: int
    trained_context_size: int
    vocabulary_size: int
    sequences: int
    batch_size: int
    kv_unified: bool = False
    context_reason: str = ""
    public_name: str = ""
    pid: int | None = None
    engine: Literal["stopped", "starting", "ready", "failed"] = "ready"
    last_death: str | None = None
    reduced: tuple[str, ...] = ()
    settings: ModelSettings
    layers: int = 0
    gpu_layers: int | None = None
    memory: tuple[DeviceMemory, ...] = ()
    gpu_unused: str | None = None
    resident_bytes: int | None = None
    mapped_bytes: int | None = None
    modalities: tuple[str, ...] = ()
    projector: str = ""
    loras: tuple[Adapter, ...] = ()


class LoadedModel(Struct, frozen=True, kw_only=True, rename="camel"):
    """A model that is loaded: `model_id` names it in requests.

    `users` operations and requests use it now. While nobody does, its engine may be ended when another model needs the
    memory, unless `keep`, and after `keep_alive` seconds, where that is not None.
    """

    model_id: str
    model_info: ModelInfo
    users: int = 0
    keep: bool = True
    keep_alive: float | None = None


class MemoryEstimate(Struct, frozen=True, rename="camel"):
    """Bytes of main memory, and of the GPUs' (`gpu_bytes`, all in one) with `gpu_layers` there, the output being one.

    `weights_bytes` are mapped from the file; `repacked_bytes` are copies in the layout that the CPU computes with;
    `kv_cache_bytes` hold what the sequences have read; `compute_bytes` are scratch; `runtime_bytes` are the process
    itself and its vocabulary; `companion_bytes` are what is loaded beside the model. `total_bytes` is what the process
    will show. `required_bytes` is less where weights are repacked: the pages of the file that were copied may be
    dropped at any time. `context_size` is in tokens: with `kv_unified` of one cache that all `sequences` share, else
    for each of them.
    """

    weights_bytes: int
    repacked_bytes: int
    kv_cache_bytes: int
    compute_bytes: int
    runtime_bytes: int
    gpu_bytes: int
    total_bytes: int
    required_bytes: int
    context_size: int
    sequences: int
    kv_unified: bool = False
    gpu_layers: int = 0
    companion_bytes: int = 0

    @property
    def cells(self) -> int:
        """Tokens that all sequences hold together."""
        return self.context_size if self.kv_unified else self.context_size * self.sequences
