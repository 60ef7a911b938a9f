"""Every setting that is told as it stands: where `EngineSettings` has it, llama-server's flag, and the parameter of the
bundled engine. What depends on more than one setting is in `command_line.py` and `parameters.py`."""

from __future__ import annotations

from .forms import Choice, Setting, Several, Switch, Value

_FLASH = {"auto": ("auto", "AUTO"), True: ("on", "ENABLED"), False: ("off", "DISABLED")}
_TYPE = ("ggml_type", "GGML_TYPE_")
_ROPE = ("llama_rope_scaling_type", "LLAMA_ROPE_SCALING_TYPE_")
_ATTENTION = ("llama_flash_attn_type", "LLAMA_FLASH_ATTN_TYPE_")
_SPLIT = ("llama_split_mode", "LLAMA_SPLIT_MODE_")
_NUMA = ("ggml_numa_strategy", "GGML_NUMA_STRATEGY_")
_MOST_GPUS = 128  # of the array in common_params

MODEL: tuple[Setting, ...] = (
    Value("model_path", "--model", "model.path"),
    Switch("jinja", "--jinja", "--no-jinja", "use_jinja"),
    Switch("check_tensors", "--check-tensors", None, "check_tensors"),
    Switch("kv_offload", None, "--no-kv-offload", "no_kv_offload", inverted=True),
    Switch("op_offload", None, "--no-op-offload", "no_op_offload", inverted=True),
    Switch("repack", None, "--no-repack", "no_extra_bufts", inverted=True),
    Value("main_gpu", "--main-gpu", "main_gpu"),
    Choice("split_mode", "--split-mode", "split_mode", *_SPLIT),
    Several("tensor_split", "--tensor-split", "tensor_split", _MOST_GPUS),
    Choice("numa", "--numa", "numa", *_NUMA),
    Value("projector.path", "--mmproj", "mmproj.path"),
    Switch("projector_on_gpu", None, "--no-mmproj-offload", "mmproj_use_gpu"),
)

CONTEXT: tuple[Setting, ...] = (
    Value("cells", "--ctx-size", "n_ctx"),
    Value("sequences", "--parallel", "n_parallel"),
    Value("batch_size", "--batch-size", "n_batch"),
    Value("step_tokens", "--ubatch-size", "n_ubatch"),
    Value("threads", "--threads", "cpuparams.n_threads"),
    Value("reading_threads", "--threads-batch", "cpuparams_batch.n_threads"),
    Value("prompt_cache_mib", "--cache-ram", "cache_ram_mib"),
    Value("context_checkpoints", "--ctx-checkpoints", "n_ctx_checkpoints"),
    Choice("cache_type_k", "--cache-type-k", "cache_type_k", *_TYPE),
    Choice("cache_type_v", "--cache-type-v", "cache_type_v", *_TYPE),
    Choice("flash_attention", "--flash-attn", "flash_attn_type", *_ATTENTION, _FLASH),
    Switch("kv_unified", "--kv-unified", "--no-kv-unified", "kv_unified"),
    Switch("swa_full", "--swa-full", None, "swa_full"),
    Value("seed", "--seed", "sampling.seed"),
)

ROPE: tuple[Setting, ...] = (
    Choice("rope.scaling", "--rope-scaling", "rope_scaling_type", *_ROPE),
    Value("rope.scale", "--rope-scale", "rope_freq_scale", lambda scale: 1 / scale),
    Value("rope.frequency_base", "--rope-freq-base", "rope_freq_base"),
    Value("rope.original_context_size", "--yarn-orig-ctx", "yarn_orig_ctx"),
    Value("rope.extrapolation_factor", "--yarn-ext-factor", "yarn_ext_factor"),
    Value("rope.attention_factor", "--yarn-attn-factor", "yarn_attn_factor"),
    Value("rope.beta_fast", "--yarn-beta-fast", "yarn_beta_fast"),
    Value("rope.beta_slow", "--yarn-beta-slow", "yarn_beta_slow"),
)

SETTINGS = MODEL + CONTEXT + ROPE
