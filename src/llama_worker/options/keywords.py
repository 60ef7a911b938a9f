"""The options as keyword arguments; made by `python -m generators`, do not edit.

What each of them means, and its range, is said at the Struct of that name in this folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

from .mcp import McpServerOptions
from .model import Rope
from .sampling import DryRepeatPenalty, DynamicTemperature, LogitBias, Mirostat, RepeatPenalty, Xtc


class LlamaKeywords(TypedDict, total=False):
    """`LlamaOptions`."""

    engine: str
    num_threads: int | None
    gpu: Literal["auto", False]
    debug: bool
    load_stall_timeout: float
    response_stall_timeout: float
    abort_stall_timeout: float
    sandbox: bool
    politeness: Literal["normal", "background"]
    journal: str | os.PathLike[str] | None
    state_cache: bool | str | os.PathLike[str]
    state_cache_bytes: int
    memory_budget: int | None
    model_stores: list[str] | tuple[str, ...]
    model_lock: str | None
    signatures: Literal["off", "warn", "enforce"]
    signature_key: str | None
    signature_identity: str | None
    signature_issuer: str | None
    signature_trust_config: str | None
    mcp_servers: Mapping[str, McpServerOptions | Mapping[str, Any]]


class ContextKeywords(TypedDict, total=False):
    """`ContextOptions`."""

    context_size: int | None
    kv_unified: bool | None
    sequences: int | None
    batch_size: int | None
    ubatch_size: int | None
    threads: int | None
    threads_batch: int | None
    seed: int | None
    flash_attention: Literal["auto", True, False] | None
    cache_type: Literal["f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0", "iq4_nl"] | None
    cache_type_k: Literal["f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0", "iq4_nl"] | None
    cache_type_v: Literal["f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0", "iq4_nl"] | None
    rope: Rope | dict[str, Any] | None
    context_checkpoints: int | None
    swa_full: bool | None


class ModelKeywords(ContextKeywords, total=False):
    """`ModelOptions`."""

    projector: bool | str
    gpu_layers: int | None
    gpu_memory_margin: int | None
    prompt_cache_bytes: int | None
    memory_limit: int | None
    chat_template: str | os.PathLike[str] | None
    pooling: Literal["mean", "cls", "last", "rank"] | None
    use_mmap: bool
    use_mlock: bool
    use_direct_io: bool
    check_tensors: bool
    cpu_moe: bool | int
    moe_cache_bytes: int
    kv_offload: bool
    op_offload: bool
    repack: bool
    main_gpu: int | None
    split_mode: Literal["none", "layer", "row", "tensor"] | None
    tensor_split: list[float] | tuple[float, ...] | None
    numa: Literal["distribute", "isolate", "numactl"] | None
    ignore_memory_safety_checks: bool
    retry_smaller: bool
    speculative: Literal["ngram"] | None
    draft_model: str | os.PathLike[str] | None
    draft_tokens: int | None
    engine_arguments: list[str] | tuple[str, ...]
    loras: Mapping[str, str | os.PathLike[str]]
    calibrate: bool
    keep_alive: float | None
    keep: bool | None
    convert: bool
    quantize: str | None


class PromptOptionKeywords(TypedDict, total=False):
    """`PromptOptions`."""

    max_tokens: int | None
    temperature: float | None
    top_p: float | None
    top_k: int | None
    min_p: float | None
    typical_p: float | None
    top_n_sigma: float | None
    dynamic_temperature: DynamicTemperature | dict[str, Any] | None
    xtc: Xtc | dict[str, Any] | None
    mirostat: Mirostat | dict[str, Any] | None
    seed: int | None
    repeat_penalty: RepeatPenalty | dict[str, Any] | Literal[False]
    dry_repeat_penalty: DryRepeatPenalty | dict[str, Any] | Literal[False]
    token_bias: (
        Mapping[Any, float | Literal["never"] | LogitBias | Mapping[str, float]]
        | Sequence[tuple[int | str, float | Literal["never"] | LogitBias | Mapping[str, float]]]
    )
    stop_sequences: list[str] | tuple[str, ...]
    system_prompt: str | None
    response_prefix: str
    trim_whitespace_suffix: bool
    grammar: str | None
    json_schema: dict[str, Any] | None
    logprobs: int | None
    function_choice: str
    max_function_rounds: int
    max_parallel_function_calls: int | None
    function_timeout: float
    on_function_error: Literal["report", "raise"]
    mcp: bool | list[str] | tuple[str, ...]
    lora: Mapping[str, float] | None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None
    reasoning_budget: int | None
    special_tokens: Literal["inert", "refuse", "allow"] | None
    system_special_tokens: Literal["inert", "refuse", "allow"] | None
    evaluation_priority: int
    stop_on_abort: bool
    cache_prompt: bool
    reproducible: bool
    chat_template_options: dict[str, Any]
    engine_options: dict[str, Any]


class SessionOptionKeywords(TypedDict, total=False):
    """`SessionOptions`."""

    system_prompt: str | None
    overflow_reserve: float
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None
    special_tokens: Literal["inert", "refuse", "allow"]
    system_special_tokens: Literal["inert", "refuse", "allow"]
    lora: Mapping[str, float] | None


class ServerKeywords(TypedDict, total=False):
    """`ServerOptions`."""

    allowed_hosts: list[str] | tuple[str, ...]
    allowed_origins: list[str] | tuple[str, ...]
    max_body_bytes: int
    total_body_bytes: int
    max_depth: int
    max_queue: int
    max_models: int | None
    keep_alive: float | None
    send_buffer_bytes: int
    total_send_buffer_bytes: int
    write_timeout: float
    busy_write_timeout: float
    max_connections: int
    download_from: list[str] | tuple[str, ...]
    stored_responses: int
    special_tokens: Literal["inert", "refuse", "allow"]
    system_special_tokens: Literal["inert", "refuse", "allow"]
