"""How engines run and models are loaded."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from .base import (
    AdapterName,
    ByteCount,
    BytesOrZero,
    Count,
    CountOrZero,
    FileName,
    Options,
    Seconds,
    SecondsOrZero,
    Seed,
)


class LlamaOptions(Options, frozen=True, kw_only=True):
    """How this worker runs engines (`LlamaWorker(...)`, `initialize(...)`).

    `engine`: "auto" (default; the environment's `LLAMA_WORKER_ENGINE`, else the bundled xllamacpp), "xllamacpp",
    or the path or command name of a `llama-server` executable.
    `num_threads`: threads for each engine; default: the usable cores less what is busy when a model is loaded.
    `gpu`: False keeps every layer on the CPU, "auto" (default) lets the engine use what it finds.
    `debug`: keep the engine's verbose log in its tail.
    `load_stall_timeout`: seconds without any sign of life while loading before the engine is given up (default 120).
    `response_stall_timeout`: seconds without any sign of life while answering (default 600).
    `abort_stall_timeout`: seconds after which an engine is replaced that does not let go of a request that was aborted
    (default 5; four batches when those take longer). Other requests that it serves then fail with `EngineDiedError`.
    `sandbox`: True (default) keeps an engine from whatever it does not need: other files, the network, programs, memory
    beyond its limit; how far depends on the system (docs/reliability.md, and `llama-worker doctor`).
    `politeness`: "background" computes only when nobody else on the machine wants to, and the stall timeouts are then
    ten times as long; default "normal".
    `journal`: a file in which every conversation is kept as it goes, so that a killed program finds it again
    (`worker.list_sessions()`, `model.resume_session(id)`); made when it is not there, with its folder. Default: none.
    `state_cache`: where to keep what engines have computed of conversations, so that after an unload or a death they
    are not read again. True (default): in a private directory, for as long as the worker lives; a directory: also for
    the next worker; False: nothing is kept.
    `state_cache_bytes`: how much of it at most (default 2 GiB); what was used longest ago goes first.
    `memory_budget`: bytes of main memory that all models of this worker may take together, by their estimates; default:
    what the machine has. What does not fit makes room first, see `load_model`'s `keep`.
    """

    engine: Annotated[str, Meta(min_length=1)] = "auto"
    num_threads: Count | None = None
    gpu: Literal["auto", False] = "auto"
    debug: bool = False
    load_stall_timeout: Seconds = 120.0
    response_stall_timeout: Seconds = 600.0
    abort_stall_timeout: Seconds = 5.0
    sandbox: bool = True
    politeness: Literal["normal", "background"] = "normal"
    journal: FileName | None = None
    state_cache: bool | FileName = True
    state_cache_bytes: ByteCount = 2 << 30
    memory_budget: ByteCount | None = None


class ContextOptions(Options, frozen=True, kw_only=True):
    """How much a model can keep in mind, and for how many at once (`create_context(...)`).

    `context_size`: tokens for each sequence; default: what the model was trained for, as far as a quarter of the
    memory that is free beside the model holds it, then of one cache for all sequences (see `model.info`).
    `kv_unified`: True: `context_size` is of one cache for all sequences, and each may use all of it; False: each has
    its own. Default: False where `context_size` is given, and for models trained for at most 4096 tokens.
    `sequences`: how many requests are computed at once (default 4). More wait in a fair queue.
    `batch_size`: tokens of a prompt that are computed at a time; an abort waits for at most one batch. Default: by
    the size of the model, 32 to 512, or 2048 with layers on a GPU. `ubatch_size`: how many of them in one step;
    default: all, or 512 with layers on a GPU. A model whose embeddings look at a whole text needs all in one.
    `threads`: computing threads. `seed`: default seed of the samplers. `flash_attention`: default "auto".
    `cache_type`: number type of the key-value cache, default "f16".
    """

    context_size: Count | None = None
    kv_unified: bool | None = None
    sequences: Annotated[int, Meta(ge=1, le=256)] | None = None
    batch_size: Annotated[int, Meta(ge=1, le=65536)] | None = None
    ubatch_size: Annotated[int, Meta(ge=1, le=65536)] | None = None
    threads: Annotated[int, Meta(ge=1, le=512)] | None = None
    seed: Seed | None = None
    flash_attention: Literal["auto", True, False] | None = None
    cache_type: Literal["f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0"] | None = None


class ModelOptions(ContextOptions, frozen=True, kw_only=True):
    """How a model is loaded (`load_model(...)`); the context's options may be given here already.

    `projector`: the file that lets the model see images or hear sounds (mmproj*.gguf). "auto" (default): the one of its
    repository, or beside it and made for it, if there is one; True: the same, and an error when there is none; a path;
    False: none, which saves its memory.
    `gpu_layers`: layers to keep on the GPU, the output being one; default: as many as fit with `gpu_memory_margin`
    bytes of each GPU left free (default 1 GiB). `use_mmap` (default True), `use_mlock` (default False), `check_tensors`
    (default False: validate every tensor's numbers while loading).
    `prompt_cache_bytes`: main memory for conversations that have left their sequence (default 1 GiB, 0 for none).
    `chat_template`: in place of the model file's own: the text of a Jinja template, the path of a file with one, or a
    name that llama.cpp knows, such as "chatml" or "llama3" (docs/guide/chat-templates.md).
    `memory_limit`: bytes that the engine may take, a mapped model file not counted; what would take more fails with an
    error. 0: no limit. Default, on Linux and without a GPU: the estimate with a margin, 2 GB for small models.
    `ignore_memory_safety_checks`: load even when the estimate says that the model does not fit.
    `retry_smaller` (default True): an engine that runs out of memory is tried again, at most twice, with fewer
    sequences, then a shorter context; on a GPU with a larger margin, then fewer layers. Events, the log and
    `model.info.reduced` tell it.
    `loras`: {name: file} of LoRA adapters (GGUF) that prompts may ask for, each by a name of your choice; a file may be
    given as a model is. None is applied until a prompt's or a session's `lora` says so.
    `keep_alive`: seconds after which the engine of a model that nobody uses is ended; its handle and sessions stay, and
    the next use starts it again. Default, and 0: never.
    `keep`: False lets it also be ended, while nobody uses it, when another model needs its memory, those unused for
    longest first. Default: True, but False where `keep_alive` is given.
    """

    projector: bool | Annotated[str, Meta(min_length=1, pattern=r"^[^\0]*$")] = "auto"
    gpu_layers: CountOrZero | None = None
    gpu_memory_margin: BytesOrZero | None = None
    prompt_cache_bytes: BytesOrZero | None = None
    memory_limit: BytesOrZero | None = None
    chat_template: Annotated[str, Meta(min_length=1)] | None = None
    use_mmap: bool = True
    use_mlock: bool = False
    check_tensors: bool = False
    ignore_memory_safety_checks: bool = False
    retry_smaller: bool = True
    loras: Annotated[dict[AdapterName, FileName], Meta(max_length=32)] = field(default_factory=dict)
    keep_alive: SecondsOrZero | None = None
    keep: bool | None = None
