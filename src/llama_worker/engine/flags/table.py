"""Every setting that is told as it stands: where `EngineSettings` has it, llama-server's flag, and the parameter of the
bundled engine. What depends on more than one setting is in `command_line.py` and `parameters.py`."""

from __future__ import annotations

from .forms import Choice, Setting, Switch, Value

_FLASH = {"auto": ("auto", "AUTO"), True: ("on", "ENABLED"), False: ("off", "DISABLED")}

MODEL: tuple[Setting, ...] = (
    Value("model_path", "--model", "model.path"),
    Switch("jinja", "--jinja", "--no-jinja", "use_jinja"),
    Switch("check_tensors", "--check-tensors", None, "check_tensors"),
    Value("projector_path", "--mmproj", "mmproj.path"),
    Switch("projector_on_gpu", None, "--no-mmproj-offload", "mmproj_use_gpu"),
)

CONTEXT: tuple[Setting, ...] = (
    Value("cells", "--ctx-size", "n_ctx"),
    Value("sequences", "--parallel", "n_parallel"),
    Value("batch_size", "--batch-size", "n_batch"),
    Value("step_tokens", "--ubatch-size", "n_ubatch"),
    Value("threads", "--threads", "cpuparams.n_threads"),
    Value("threads", "--threads-batch", "cpuparams_batch.n_threads"),
    Value("prompt_cache_mib", "--cache-ram", "cache_ram_mib"),
    Choice("cache_type", "--cache-type-k", "cache_type_k", "ggml_type", "GGML_TYPE_"),
    Choice("cache_type", "--cache-type-v", "cache_type_v", "ggml_type", "GGML_TYPE_"),
    Choice(
        "flash_attention",
        "--flash-attn",
        "flash_attn_type",
        "llama_flash_attn_type",
        "LLAMA_FLASH_ATTN_TYPE_",
        _FLASH,
    ),
    Switch("kv_unified", "--kv-unified", "--no-kv-unified", "kv_unified"),
    Value("seed", "--seed", "sampling.seed"),
)

SETTINGS = MODEL + CONTEXT
