"""From what the caller asked for and what the machine and the file are like, to what the engine is told; and whether
that fits into memory."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import asdict, replace

from ..engine.command import EngineKind, Xllamacpp
from ..engine.machine import choose_batch_size, choose_threads
from ..engine.settings import EngineSettings, Timeouts
from ..engine.shortage import smaller
from ..engine.supervisor import EngineSupervisor
from ..errors import InvalidOptionsError
from ..messages import MemoryEstimate
from ..models.gguf.header import GgufHeader
from ..models.memory.available import available_memory
from ..models.memory.context_choice import SMALL_CONTEXT, ContextChoice, choose_context
from ..models.memory.estimate import PlanOptions, estimate, require_memory
from ..models.memory.limit import memory_limit
from ..models.store.files import ModelFiles
from ..options import ContextOptions, LlamaOptions, ModelOptions
from .inert.guard import ContentGuard

DEFAULT_SEQUENCES = 4
LARGEST_CONTEXT = 2**31 - 1  # the engine counts cells in 32 bits
# Above this size the buffer that embeddings need is no longer small change.
_LARGEST_EMBEDDING_BUFFER = 64 * 2**20
_LAST, _RANK = 3, 4  # llama.cpp's numbers of the poolings of the last token, and of rerankers
_LARGEST_POOLED_BATCH = 2048
_BACKGROUND_PATIENCE = 10


class LoadedFiles(Struct, frozen=True):
    """Which model it is, what its content must not do, how it was asked for, and how many bytes were free before."""

    name: str
    files: ModelFiles
    header: GgufHeader
    guard: ContentGuard
    llama: LlamaOptions
    options: ModelOptions
    free_bytes: int


def engine_settings(of: LoadedFiles, context: ContextOptions | None) -> EngineSettings:
    """The settings for a model; an option of `context` goes before the same option of the model."""
    files, header, llama, model = of.files, of.header, of.llama, of.options
    chosen = context_settings(header, llama, model, context, of.free_bytes)
    settings = EngineSettings(
        model_path=str(files.path),
        model_files=tuple(map(str, files.parts)),
        alias=public_name(of.name, files),
        pooling=_pooling(header, chosen["batch_size"]),
        gpu_layers=layers_on_gpu(llama, model),
        use_mmap=model.use_mmap,
        use_mlock=model.use_mlock,
        check_tensors=model.check_tensors,
        debug=llama.debug,
        sandbox=llama.sandbox,
        politeness=llama.politeness,
        **chosen,
    )
    return _with_memory_limit(settings, header, model.memory_limit)


def _with_memory_limit(settings: EngineSettings, header: GgufHeader, asked: int | None) -> EngineSettings:
    if asked is not None:
        return replace(settings, memory_limit=asked, memory_limit_with_gpu=True)
    if not settings.sandbox:
        return settings
    limit = memory_limit(
        estimate(header, context_size=settings.context_size, **_plan(asdict(settings))),
        use_mmap=settings.use_mmap,
        prompt_cache_mib=settings.prompt_cache_mib,
        embeds_batches_of=0 if settings.pooling is None else settings.batch_size * header.vocab_size,
    )
    return replace(settings, memory_limit=limit)


def context_settings(
    header: GgufHeader, llama: LlamaOptions, model: ModelOptions, context: ContextOptions | None, free_bytes: int
) -> dict[str, Any]:
    """The part of the settings that `ContextOptions` names: what was asked for, else what suits model and machine."""
    asked = {
        name: value
        for options in (model, context)
        if options is not None
        for name in ContextOptions.__struct_fields__
        if (value := getattr(options, name)) is not None
    }
    threads = asked.pop("threads", None) or choose_threads(llama.num_threads)
    batch_size = choose_batch_size(header.size_bytes, threads)
    chosen = {"sequences": DEFAULT_SEQUENCES, "threads": threads, "batch_size": batch_size} | asked
    on_gpu = {"gpu_layers": layers_on_gpu(llama, model), "use_mmap": model.use_mmap}
    chosen |= asdict(_context(header, chosen | on_gpu, free_bytes))
    chosen["context_reason"] = chosen.pop("reason")
    if _pools_whole(header):
        chosen["batch_size"] = asked.get("batch_size", min(chosen["context_size"], _LARGEST_POOLED_BATCH))
    if chosen["context_size"] * (1 if chosen["kv_unified"] else chosen["sequences"]) > LARGEST_CONTEXT:
        raise InvalidOptionsError(
            f"context_size times sequences is at most {LARGEST_CONTEXT} tokens.", path="context_size"
        )
    return chosen


def _context(header: GgufHeader, chosen: Mapping[str, Any], free_bytes: int) -> ContextChoice:
    unified = chosen.get("kv_unified")
    if size := chosen.get("context_size"):
        return ContextChoice(size, bool(unified), "as asked for")
    if _pools_whole(header):
        size = min(header.context_length or SMALL_CONTEXT, SMALL_CONTEXT)
        return ContextChoice(size, bool(unified), "a text is embedded as a whole, in one batch")
    return choose_context(header, free_bytes, unified, _plan(chosen))


def _pools_whole(header: GgufHeader) -> bool:
    """Whether embeddings are made of a whole text at once, which must fit into one batch then."""
    return header.integer("pooling_type") not in (0, _LAST)


def layers_on_gpu(llama: LlamaOptions, model: ModelOptions) -> int | None:
    """How many layers a GPU is given: none without one, None for as many as fit."""
    return 0 if llama.gpu is False else model.gpu_layers


def public_name(name: str, files: ModelFiles) -> str:
    """What a model is called towards others: its name, or for a path the file's name without its ending."""
    return name if name == "builtin" or name.startswith("hf:") else files.path.stem


def _pooling(header: GgufHeader, batch_size: int) -> Literal["last", "model", "rank"] | None:
    """How this model makes embeddings: as its file says, else from the last token where that costs next to nothing.

    An engine that can make embeddings keeps room for the logits of a whole batch.
    """
    own = header.integer("pooling_type")
    if own:
        return "rank" if own == _RANK else "model"
    return "last" if header.vocab_size * batch_size * 4 <= _LARGEST_EMBEDDING_BUFFER else None


def estimate_memory(header: GgufHeader, llama: LlamaOptions, options: ModelOptions) -> MemoryEstimate:
    """What an engine would use for the model of `header` with these options."""
    chosen = context_settings(header, llama, options, None, available_memory().available_bytes)
    chosen |= {"gpu_layers": layers_on_gpu(llama, options), "use_mmap": options.use_mmap}
    return estimate(header, context_size=chosen["context_size"], **_plan(chosen))


def require_memory_for(settings: EngineSettings, header: GgufHeader, kind: EngineKind) -> None:
    """Raise `InsufficientMemoryError` when it does not fit.

    How much a foreign server will put on its GPU by itself cannot be known, so that is not refused.
    """
    if isinstance(kind, Xllamacpp) or settings.gpu_layers == 0:
        require_memory(header, context_size=settings.context_size, **_plan(asdict(settings)))


def _plan(settings: Mapping[str, Any]) -> PlanOptions:
    """Of an engine's settings those that its memory depends on beside `context_size`, as `estimate` calls them."""
    cache_type = settings.get("cache_type", "f16")
    return {
        "sequences": settings["sequences"],
        "kv_unified": settings.get("kv_unified") is True,
        "batch_size": settings["batch_size"],
        "cache_type_k": cache_type,
        "cache_type_v": cache_type,
        "gpu_layers": settings["gpu_layers"],
        "flash_attention": settings.get("flash_attention", "auto"),
        "use_mmap": settings["use_mmap"],
    }


async def measured(of: LoadedFiles, before: LoadedFiles | None) -> LoadedFiles:
    """`of` with what is free; what it replaces still holds memory, so then it is what was free before that."""
    free_bytes = before.free_bytes if before else (await asyncio.to_thread(available_memory)).available_bytes
    return replace(of, free_bytes=free_bytes)


async def settings_for(of: LoadedFiles) -> EngineSettings:
    """What an engine for the model will be told. Raises `InvalidOptionsError`."""
    return await asyncio.to_thread(engine_settings, of, None)


async def supervisor_for(of: LoadedFiles, settings: EngineSettings, kind: EngineKind) -> EngineSupervisor:
    """Who will keep an engine of that kind running for the model. Raises `InsufficientMemoryError`."""
    if not of.options.ignore_memory_safety_checks:
        await asyncio.to_thread(require_memory_for, settings, of.header, kind)
    return EngineSupervisor(
        settings,
        kind,
        timeouts=_timeouts(of.llama),
        smaller=partial(smaller, layers=of.header.block_count) if of.options.retry_smaller else lambda *_: None,
    )


def _timeouts(llama: LlamaOptions) -> Timeouts:
    """A process that gives way to all others is silent for longer without being hung."""
    patience = _BACKGROUND_PATIENCE if llama.politeness == "background" else 1
    return Timeouts(
        load_stall=llama.load_stall_timeout * patience,
        response_stall=llama.response_stall_timeout * patience,
        abort_stall=llama.abort_stall_timeout * patience,
    )
