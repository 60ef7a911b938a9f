"""How models are loaded, and how much they keep in mind."""

from typing import Annotated, Literal

from msgspec import Meta, field

from .base import AdapterName, BytesOrZero, Count, CountOrZero, FileName, Options, Pooling, SecondsOrZero, Seed

CacheType = Literal["f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0", "iq4_nl"]
_Threads = Annotated[int, Meta(ge=1, le=512)]
_Factor = Annotated[float, Meta(gt=0.0, le=1e6)]
_Argument = Annotated[str, Meta(min_length=1, max_length=65536, pattern=r"^[^\0]*$")]
_Part = Annotated[float, Meta(ge=0.0, le=1e6)]


class Rope(Options, frozen=True, kw_only=True):
    """How a model's positions are scaled, where its file should not decide; what is not given is as the file says.

    `scaling`: "none", "linear", or "yarn", with which a model reads further than it was trained for: its limit is then
    `original_context_size` times `scale`, while with "linear" the engine keeps to what it was trained for.
    `scale`: how many times as long a context becomes. `frequency_base`: of the rotation (theta).
    `original_context_size`: tokens that a model was trained with before it was scaled (default: as the file says).
    `extrapolation_factor`, `attention_factor`, `beta_fast`, `beta_slow`: the numbers of YaRN, as llama.cpp has them.
    """

    scaling: Literal["none", "linear", "yarn"] | None = None
    scale: _Factor | None = None
    frequency_base: Annotated[float, Meta(gt=0.0, le=1e12)] | None = None
    original_context_size: Count | None = None
    extrapolation_factor: Annotated[float, Meta(ge=0.0, le=1.0)] | None = None
    attention_factor: _Factor | None = None
    beta_fast: _Factor | None = None
    beta_slow: _Factor | None = None


class ContextOptions(Options, frozen=True, kw_only=True):
    """How much a model can keep in mind, and for how many at once (`create_context(...)`).

    `context_size`: tokens for each sequence; default: what the model was trained for, as far as a quarter of the
    memory that is free beside the model holds it, then of one cache for all sequences (see `model.info`).
    `kv_unified`: True: `context_size` is of one cache for all sequences, and each may use all of it; False: each has
    its own. Default: False where `context_size` is given, and for models trained for at most 4096 tokens.
    `sequences`: how many requests are computed at once (default 4). More wait in a fair queue.
    `batch_size`: tokens of a prompt that are computed at a time; an abort waits for at most one batch. Default: by
    the speed of the model, 32 to 512, or 2048 with layers on a GPU. `ubatch_size`: how many of them in one step;
    default: all, or 512 with layers on a GPU. A model whose embeddings look at a whole text needs all in one.
    `threads`: computing threads; `threads_batch`: while prompts are read (default: the same). `seed`: default seed of
    the samplers. `flash_attention`: default "auto", as llama.cpp decides; on x86-64 processors False for contexts of
    more than 1024 tokens that sequences do not share, where it is slower (docs/tuning.md).
    `cache_type`: number type of the key-value cache, default "f16"; `cache_type_k` and `cache_type_v`: of its keys and
    values alone. Values of fewer bits need flash attention.
    `rope`: how positions are scaled, default as the file says.
    `context_checkpoints`: for models whose memory cannot be rewound (sliding windows, recurrent layers): copies of it
    kept for each sequence, from which a conversation goes on that differs near its end. Default: 1 to 3, see
    `model.settings`; 0: none, and such a conversation is read from its beginning. `swa_full` (default False): layers
    with a sliding window keep the whole context, which needs more memory and no copies.
    """

    context_size: Count | None = None
    kv_unified: bool | None = None
    sequences: Annotated[int, Meta(ge=1, le=256)] | None = None
    batch_size: Annotated[int, Meta(ge=1, le=65536)] | None = None
    ubatch_size: Annotated[int, Meta(ge=1, le=65536)] | None = None
    threads: _Threads | None = None
    threads_batch: _Threads | None = None
    seed: Seed | None = None
    flash_attention: Literal["auto", True, False] | None = None
    cache_type: CacheType | None = None
    cache_type_k: CacheType | None = None
    cache_type_v: CacheType | None = None
    rope: Rope | None = None
    context_checkpoints: Annotated[int, Meta(ge=0, le=1024)] | None = None
    swa_full: bool | None = None


class ModelOptions(ContextOptions, frozen=True, kw_only=True):
    """How a model is loaded (`load_model(...)`); the context's options may be given here already.

    `projector`: the file that lets the model see images or hear sounds (mmproj*.gguf). "auto" (default): the one of its
    repository, or beside it and made for it, if there is one; True: the same, and an error when there is none; a path;
    False: none, which saves its memory.
    `gpu_layers`: layers to keep on the GPU, the output being one; default: as many as fit with `gpu_memory_margin`
    bytes of each GPU left free (default 1 GiB). `use_mmap` (default True), `use_mlock` (default False),
    `use_direct_io` (default False: read the file past the system's cache, into memory of the engine's own),
    `check_tensors` (default False: validate every tensor's numbers while loading).
    `cpu_moe`: True keeps all experts of a mixture in main memory, a number those of so many first layers; the GPU has
    the rest. `moe_cache_bytes`: of a GPU, for experts in main memory that are used often (default 0; without a
    GPU nothing).
    `kv_offload` (default True): the key-value cache of layers on a GPU is there too. `op_offload` (default True): a GPU
    computes long prompts for layers in main memory. `repack` (default True): copy weights into the order in which the
    processor computes fastest; False saves that memory.
    `main_gpu`: the number of the GPU that computes what is not split. `split_mode`: "none" for one GPU alone, "layer",
    "row" or "tensor". `tensor_split`: how much of the model each GPU gets, as proportions.
    `numa`: "distribute" threads over all nodes of a machine, "isolate" them on one, or as "numactl" says.
    `prompt_cache_bytes`: main memory for conversations that have left their sequence (0: none). Default: as much as the
    model and its sequences take, 64 MiB to 1 GiB, and at most an eighth of the machine's.
    `pooling`: how one vector is made of the tokens of a text: their "mean", that of the first ("cls") or the "last"
    one; "rank" makes scores. Default: as the file says, else from the last token where that costs little.
    `chat_template`: in place of the model file's own: the text of a Jinja template, the path of a file with one, or a
    name that llama.cpp knows, such as "chatml" or "llama3" (docs/guide/chat-templates.md).
    `memory_limit`: bytes that the engine may take, a mapped model file not counted; what would take more fails with an
    error. 0: no limit. Default, on Linux and without a GPU: the estimate with a margin, 2 GB for small models.
    `ignore_memory_safety_checks`: load even when the estimate says that the model does not fit.
    `retry_smaller` (default True): an engine that runs out of memory is tried again, at most twice, with fewer
    sequences, then a shorter context; on a GPU with a larger margin, then fewer layers. Events, the log and
    `model.info.reduced` tell it.
    `speculative`: "ngram" drafts what follows where the last tokens came before in the text, and has the model verify
    it all at once, which is faster where a text repeats itself. `draft_model`: a smaller model of the same vocabulary
    that drafts. Default: neither. `draft_tokens`: how many at once; default 16 of a repetition and 3 of a draft model,
    fewer where a batch would not hold them for all sequences.
    `engine_arguments`: more words for the command line of the engine, for what no option here says (docs/parity.md);
    a llama-server gets them as they stand, the bundled engine where it can. Files that they name may be read.
    `loras`: {name: file} of LoRA adapters (GGUF) that prompts may ask for, each by a name of your choice; a file may be
    given as a model is. None is applied until a prompt's or a session's `lora` says so.
    `calibrate` (default True): when a model is loaded for the first time on this machine, measure how fast it reads,
    for about a second and four at most, and choose `batch_size` by that; kept in the user's cache (docs/tuning.md).
    `keep_alive`: seconds after which the engine of a model that nobody uses is ended; its handle and sessions stay, and
    the next use starts it again. Default, and 0: never.
    `keep`: False lets it also be ended, while nobody uses it, when another model needs its memory, those unused for
    longest first. Default: True, but False where `keep_alive` is given.
    `convert` (default False): fetch a model `hf:org/repo` that is not here; a repository without a GGUF file is
    converted (docs/guide/any-repository.md), and found by its name from then on. `quantize`: to what, such as
    "Q4_K_M"; default: as the repository has its weights.
    """

    projector: bool | Annotated[str, Meta(min_length=1, pattern=r"^[^\0]*$")] = "auto"
    gpu_layers: CountOrZero | None = None
    gpu_memory_margin: BytesOrZero | None = None
    prompt_cache_bytes: BytesOrZero | None = None
    memory_limit: BytesOrZero | None = None
    chat_template: Annotated[str, Meta(min_length=1)] | None = None
    pooling: Pooling | None = None
    use_mmap: bool = True
    use_mlock: bool = False
    use_direct_io: bool = False
    check_tensors: bool = False
    cpu_moe: bool | Annotated[int, Meta(ge=0, le=65536)] = False
    moe_cache_bytes: BytesOrZero = 0
    kv_offload: bool = True
    op_offload: bool = True
    repack: bool = True
    main_gpu: Annotated[int, Meta(ge=0, le=127)] | None = None
    split_mode: Literal["none", "layer", "row", "tensor"] | None = None
    tensor_split: Annotated[tuple[_Part, ...], Meta(min_length=1, max_length=128)] | None = None
    numa: Literal["distribute", "isolate", "numactl"] | None = None
    ignore_memory_safety_checks: bool = False
    retry_smaller: bool = True
    speculative: Literal["ngram"] | None = None
    draft_model: FileName | None = None
    draft_tokens: Annotated[int, Meta(ge=1, le=256)] | None = None
    engine_arguments: Annotated[tuple[_Argument, ...], Meta(max_length=256)] = ()
    loras: Annotated[dict[AdapterName, FileName], Meta(max_length=32)] = field(default_factory=dict)
    calibrate: bool = True
    keep_alive: SecondsOrZero | None = None
    keep: bool | None = None
    convert: bool = False
    quantize: Annotated[str, Meta(min_length=1, max_length=32)] | None = None
