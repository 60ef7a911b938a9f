"""Everything an engine process is told when it starts."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, structs

from ..options.model import CacheType, Rope
from .companions import LoraFile, ProjectorFile, Speculation
from .defaults import FEWEST_CHECKPOINTS, GPU_MARGIN_MIB, PROMPT_CACHE_MIB

EnginePooling = Literal["mean", "cls", "last", "rank", "model"]


class EngineSettings(Struct, frozen=True, kw_only=True):
    """One model and how to run it; the same for every kind of engine.

    `context_size` is in tokens: with `kv_unified` of one cache that all `sequences` share, else of each one's own.
    `batch_size` is the number of prompt tokens computed between two looks at the outside world, `ubatch_size` of those
    the number computed in one step (None: all). `token_seconds`: how long one of them takes, about.
    `threads` compute; with `fixed_threads` they are how many at most, follow what the machine has to spare, and where
    an engine cannot do that so many compute for good.
    `reasons`: why settings that nobody asked for are as they are, by their names.
    `gpu`: the engine has a GPU and may use it. `gpu_layers` None: what fits goes there, with `gpu_margin_mib` left free
    on each; `likely_gpu_layers` is how many were counted to be there in either case, the output counting as one.
    `alias` is what the engine calls the model in its answers. `pooling` other than None lets it compute embeddings
    beside text: of the "last" token and so on, "model" as its file says, "rank" for a reranker.
    `chat_template` replaces the model file's: a text, or a name that llama.cpp has; without `jinja` the name
    of one that is code.
    `projector` lets it see or hear. `model_files` are all files that the engine must read, only
    `model_path` when it is empty. `lora_files` are the adapters by their numbers in the engine, `speculation` is
    what is drafted. `sandbox`, `politeness` and the limits of memory: see `sandbox/policy.py`.
    """

    model_path: str
    alias: str = ""
    context_size: int
    kv_unified: bool = False
    sequences: int
    batch_size: int
    token_seconds: float = 0.0
    threads: int
    fixed_threads: int | None = None
    seed: int | None = None
    flash_attention: Literal["auto", True, False] = "auto"
    cache_type_k: CacheType = "f16"
    cache_type_v: CacheType = "f16"
    rope: Rope | None = None
    context_checkpoints: int = FEWEST_CHECKPOINTS
    swa_full: bool = False
    threads_batch: int | None = None
    ubatch_size: int | None = None
    gpu: bool = False
    gpu_layers: int | None = None
    gpu_margin_mib: int = GPU_MARGIN_MIB
    likely_gpu_layers: int = 0
    cpu_moe: bool | int = False
    moe_cache_mib: int = 0
    kv_offload: bool = True
    op_offload: bool = True
    repack: bool = True
    main_gpu: int | None = None
    split_mode: Literal["none", "layer", "row", "tensor"] | None = None
    tensor_split: tuple[float, ...] | None = None
    numa: Literal["distribute", "isolate", "numactl"] | None = None
    use_mmap: bool = True
    use_mlock: bool = False
    use_direct_io: bool = False
    check_tensors: bool = False
    engine_arguments: tuple[str, ...] = ()
    pooling: EnginePooling | None = None
    prompt_cache_mib: int = PROMPT_CACHE_MIB
    chat_template: str = ""
    jinja: bool = True
    debug: bool = False
    model_files: tuple[str, ...] = ()
    projector: ProjectorFile | None = None
    sandbox: bool = True
    politeness: Literal["normal", "background"] = "normal"
    memory_limit: int = 0
    memory_limit_with_gpu: bool = False
    lora_files: tuple[LoraFile, ...] = ()
    speculation: Speculation | None = None
    reasons: dict[str, str] = {}

    @property
    def fixed(self) -> EngineSettings:
        """The same for an engine whose threads cannot follow."""
        return structs.replace(self, threads=self.fixed_threads or self.threads, fixed_threads=None)

    @property
    def may_follow(self) -> bool:
        """Whether its threads are to follow the machine, if the engine can do that. A GPU's few do not compute much."""
        return self.fixed_threads is not None and self.threads > 1 and not self.gpu

    @property
    def prepared_to_follow(self) -> bool:
        """Whether its process is started so that its threads could follow; one alone does not hear of it, and without
        the sandbox is left as it is."""
        alone = self.sandbox and self.threads == self.reading_threads == 1
        return (self.fixed_threads is not None or alone) and not self.gpu

    @property
    def cells(self) -> int:
        """Tokens that all sequences hold together; the engine's own n_ctx."""
        return self.context_size if self.kv_unified else self.context_size * self.sequences

    @property
    def shared_cells(self) -> int | None:
        """How many of them the sequences compete for; None when each has its own."""
        return self.context_size if self.kv_unified else None

    @property
    def fits_itself(self) -> bool:
        """Whether llama.cpp's own fit decides what a GPU gets."""
        return self.gpu and self.gpu_layers is None

    @property
    def projector_on_gpu(self) -> bool | None:
        """Whether images and sounds are read on a GPU; None where none are read."""
        return self.gpu and self.gpu_layers != 0 if self.projector else None

    @property
    def says_where_weights_go(self) -> bool:
        """Whether it is said which weights are where, as llama.cpp's own fit gives up then."""
        return bool(self.cpu_moe or self.tensor_split or self.split_mode in ("row", "tensor"))

    @property
    def step_tokens(self) -> int:
        """Tokens computed in one step."""
        return min(self.ubatch_size or self.batch_size, self.batch_size)

    @property
    def batch_seconds(self) -> float:
        """About how long an abort may have to wait."""
        return self.token_seconds * self.batch_size

    @property
    def mixes_states(self) -> bool:
        """Whether what the engine keeps of a text is of no use without something beside it: the adapters that it was
        read with, of which llama-server does not know in what has left a slot, or what a draft model has read of it,
        which no file of a slot has."""
        return bool(self.lora_files) or (self.speculation is not None and self.speculation.model is not None)

    @property
    def load_mode(self) -> str:
        """How the file gets into memory, in llama.cpp's word."""
        if self.use_direct_io:
            return "dio"
        return "+".join([word for word in ("mmap", "mlock") if getattr(self, f"use_{word}")]) or "none"

    @property
    def reading_threads(self) -> int:
        """Threads that compute while a prompt is read."""
        return self.threads_batch or self.threads

    @property
    def tells_placement(self) -> bool:
        """Whether the log must say where the layers went, which llama.cpp's usual one does not."""
        return self.debug or self.gpu

    def __str__(self) -> str:
        shared = " shared" if self.kv_unified else ""
        return (
            f"{self.model_path}, context_size={self.context_size}{shared}, sequences={self.sequences}, "
            f"threads={self.threads}, "
            f"batch_size={self.batch_size}, gpu_layers={'auto' if self.gpu_layers is None else self.gpu_layers}"
        )


class Timeouts(Struct, frozen=True, kw_only=True):
    """Seconds without any sign of life after which an engine is given up: while it loads, while it answers, and after a
    request was left."""

    load_stall: float = 120.0
    response_stall: float = 600.0
    abort_stall: float = 5.0
