"""What a model will need in memory, computed from its header before anything is loaded.

The terms and their constants were fitted to measurements of real engine processes; docs/models.md has the table.
Not counted, since they grow with use and within limits of their own: the engine's prompt cache in RAM.
"""

from __future__ import annotations

import re
from typing import TypedDict, Unpack

from ...errors import InsufficientMemoryError, InvalidOptionsError
from ...messages import MemoryEstimate
from ..gguf.ggml_types import TYPES_BY_NAME
from ..gguf.header import GgufHeader
from ..gguf.parser import TensorInfo
from . import terms as memory_terms
from .available import AvailableMemory, available_memory
from .layers import CELL_PADDING, layers_of
from .terms import FlashAttention, Plan

_REPACKED_TYPES = frozenset({"Q4_0", "Q4_K", "IQ4_NL", "MXFP4"})
_UNKNOWN_CONTEXT = 4096
_EXPERTS = re.compile(r"\.ffn_(?:up|down|gate|gate_up)_(?:ch)?exps")


class PlanOptions(TypedDict, total=False):
    """The options of `estimate` but for `context_size`."""

    sequences: int
    kv_unified: bool
    batch_size: int
    cache_type_k: str
    cache_type_v: str
    gpu_layers: int | None
    flash_attention: FlashAttention
    use_mmap: bool
    swa_full: bool
    kv_offload: bool
    repack: bool
    cpu_moe: bool | int
    context_checkpoints: int
    embeds: bool
    companion_bytes: int
    draft_tokens: int


def estimate(
    header: GgufHeader,
    *,
    context_size: int,
    sequences: int = 1,
    kv_unified: bool = False,
    batch_size: int = 512,
    cache_type_k: str = "f16",
    cache_type_v: str = "f16",
    gpu_layers: int | None = None,
    flash_attention: FlashAttention = "auto",
    use_mmap: bool = True,
    swa_full: bool = False,
    kv_offload: bool = True,
    repack: bool = True,
    cpu_moe: bool | int = False,
    context_checkpoints: int = 1,
    embeds: bool = False,
    companion_bytes: int = 0,
    draft_tokens: int = 0,
) -> MemoryEstimate:
    """The memory that an engine with this model will use when its contexts are full.

    `context_size` is in tokens: with `kv_unified` of the one cache that all `sequences` share, else for each of them;
    `gpu_layers` counts from the output backwards, as in llama.cpp, and None means none. `cpu_moe`: experts of all
    layers, or of so many first ones, stay in main memory. `context_checkpoints` for each sequence are counted of what
    cannot be rewound; `embeds`: it makes embeddings whatever its file says.
    `companion_bytes` are loaded beside the model.
    Raises InvalidOptionsError for numbers below 1 and unknown cache types.
    """
    plan = Plan(
        context_size=context_size,
        sequences=sequences,
        kv_unified=kv_unified,
        batch_size=batch_size,
        cache_type_k=cache_type_k,
        cache_type_v=cache_type_v,
        gpu_layers=gpu_layers,
        flash_attention=flash_attention,
        use_mmap=use_mmap,
        swa_full=swa_full,
        kv_offload=kv_offload,
        repack=repack,
        cpu_moe=cpu_moe,
        context_checkpoints=context_checkpoints,
        embeds=embeds,
        companion_bytes=companion_bytes,
        draft_tokens=draft_tokens,
    )
    return _estimate(header, plan)


def largest_context_that_fits(header: GgufHeader, available_bytes: int, **options: Unpack[PlanOptions]) -> int:
    """The longest context, in tokens for each sequence, that the memory allows; 0 when not even 256 tokens fit.

    It never exceeds what the model was trained for. `options` are those of `estimate` without `context_size`.
    """
    smallest, longest = 1, max((header.context_length or _UNKNOWN_CONTEXT) // CELL_PADDING, 1)

    def fits(steps: int) -> bool:
        plan = Plan(context_size=steps * CELL_PADDING, **options)
        return _estimate(header, plan).required_bytes <= available_bytes

    if not fits(smallest):
        return 0
    while smallest < longest:
        middle = (smallest + longest + 1) // 2
        smallest, longest = (middle, longest) if fits(middle) else (smallest, middle - 1)
    return smallest * CELL_PADDING


def require_memory(
    header: GgufHeader,
    *,
    context_size: int,
    available: AvailableMemory | None = None,
    **options: Unpack[PlanOptions],
) -> MemoryEstimate:
    """Return the estimate when it fits into `available` (default: what is free now).

    Raises InsufficientMemoryError, whose sentence says what would fit.
    """
    available = available or available_memory()
    needed = _estimate(header, Plan(context_size=context_size, **options))
    if needed.required_bytes <= available.available_bytes:
        return needed
    raise InsufficientMemoryError(
        f"{header.name or header.source} needs {_gigabytes(needed.required_bytes)} with "
        f"{tokens_of(context_size, options)} of context, and {_gigabytes(available.available_bytes)} are free "
        f"({available.limited_by}); {_advice(header, available.available_bytes, options)}.",
        required_bytes=needed.required_bytes,
        available_bytes=available.available_bytes,
        model=header.source,
    )


def _advice(header: GgufHeader, available_bytes: int, options: PlanOptions) -> str:
    alone: PlanOptions = {**options, "sequences": 1}
    for chosen in (options, alone):
        context = largest_context_that_fits(header, available_bytes, **chosen)
        if context:
            return f"{tokens_of(context, chosen)} would fit"
    return "it does not fit with any context: choose a smaller quantization or model"


def tokens_of(context_size: int, options: PlanOptions) -> str:
    """How many tokens, for how many sequences: "4 x 4096 tokens"."""
    sequences = options.get("sequences", 1)
    if options.get("kv_unified") and sequences > 1:
        return f"{context_size} tokens for {sequences} sequences together"
    return f"{sequences} x {context_size} tokens"


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.2f} GB"


def _estimate(header: GgufHeader, plan: Plan) -> MemoryEstimate:
    _check(plan)
    layers = layers_of(header)
    first = _first_layer_on_gpu(len(layers), plan)
    held = len(layers) if plan.cpu_moe is True else int(plan.cpu_moe)
    on_cpu = [tensor for tensor in header.tensors if _in_main_memory(tensor, len(layers), first, held)]
    weights = sum(tensor.size_bytes for tensor in on_cpu)
    repacked = sum(_repacked_bytes(header, tensor) for tensor in on_cpu) if plan.use_mmap and plan.repack else 0
    split = first if plan.kv_offload else len(layers)
    kv_cache, kv_on_gpu = (
        memory_terms.kv_cache_bytes(layers[:split], plan),
        memory_terms.kv_cache_bytes(layers[split:], plan),
    )
    compute, runtime = (
        memory_terms.compute_bytes(header, layers, plan),
        memory_terms.runtime_bytes(header, layers, plan),
    )
    total = weights + repacked + kv_cache + compute + runtime + plan.companion_bytes
    on_gpu = len(layers) + 1 - first
    return MemoryEstimate(
        weights_bytes=weights,
        repacked_bytes=repacked,
        kv_cache_bytes=kv_cache,
        compute_bytes=compute,
        runtime_bytes=runtime,
        gpu_bytes=header.data_bytes - weights + kv_on_gpu + (compute + _copied_output(header) if on_gpu else 0),
        total_bytes=total,
        required_bytes=total - min(repacked, weights),
        context_size=plan.context_size,
        sequences=plan.sequences,
        kv_unified=plan.kv_unified,
        gpu_layers=on_gpu,
        companion_bytes=plan.companion_bytes,
    )


def _copied_output(header: GgufHeader) -> int:
    """A model without an output of its own uses its input as that, and a GPU gets a copy."""
    shared = header.tensor("token_embd.weight")
    return shared.size_bytes if shared and header.tensor("output.weight") is None else 0


def _check(plan: Plan) -> None:
    for name in ("context_size", "sequences", "batch_size"):
        if getattr(plan, name) < 1:
            raise InvalidOptionsError(f"{name} must be at least 1.", path=name)
    for name in ("cache_type_k", "cache_type_v"):
        if getattr(plan, name).upper() not in TYPES_BY_NAME:
            raise InvalidOptionsError(f"{name} {getattr(plan, name)!r} is unknown.", path=name)


def _first_layer_on_gpu(count: int, plan: Plan) -> int:
    """Layers from this one on are on the GPU; the output counts as one more layer, the input never is there."""
    if not plan.gpu_layers:
        return count + 1
    return 0 if plan.gpu_layers < 0 else max(count + 1 - plan.gpu_layers, 0)


def _layer_index(tensor: TensorInfo, count: int) -> int:
    kind, _, rest = tensor.name.partition(".")
    if kind == "blk":
        number = rest.partition(".")[0]
        return int(number) if number.isdecimal() else 0
    return count if kind.startswith("output") else -1


def _in_main_memory(tensor: TensorInfo, count: int, first_on_gpu: int, layers_of_experts: int) -> bool:
    index = _layer_index(tensor, count)
    return index < first_on_gpu or (0 <= index < layers_of_experts and bool(_EXPERTS.search(tensor.name)))


def _repacked_bytes(header: GgufHeader, tensor: TensorInfo) -> int:
    """Matrices of some types are copied into the order in which the CPU's vector units want them."""
    shared = tensor.name == "token_embd.weight" and header.tensor("output.weight") is not None
    matrix = len(tensor.shape) > 1 and tensor.shape[1] % 8 == 0
    return tensor.size_bytes if tensor.type in _REPACKED_TYPES and matrix and not shared else 0
