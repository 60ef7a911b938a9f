"""The bundled engine: llama.cpp's server, started by xllamacpp in this process. Only `child` imports this."""

from __future__ import annotations

import re
from typing import Any

import xllamacpp

from ..defaults import CONTEXT_CHECKPOINTS
from ..devices.device import Device, Devices, shares_memory
from ..settings import EngineSettings
from .endpoint import Endpoint


def find_devices() -> Devices:
    """What this build has, and the GPUs that it has found; their drivers are awake then."""
    gpus = [_device(info) for info in xllamacpp.get_device_info() if "GPU" in info["type"].name]
    backends = [name for name in re.findall(r"(\w+) : ", xllamacpp.get_system_info()) if name != "CPU"]
    return Devices(gpus=tuple(gpus), backends=tuple(backends))


def _device(info: dict[str, Any]) -> Device:
    return Device(
        name=info["name"],
        description=info["description"],
        memory_total=info["memory_total"],
        memory_free=info["memory_free"],
        integrated="IGPU" in info["type"].name or shares_memory(),
    )


def start_server(settings: EngineSettings, endpoint: Endpoint) -> object:
    """Load the model and serve it; returns when it is ready, raises RuntimeError when it is refused."""
    params = xllamacpp.CommonParams()
    _listen(params, endpoint)
    _configure_model(params, settings)
    _configure_context(params, settings)
    _configure_pooling(params, settings)
    _configure_adapters(params, settings)
    return xllamacpp.Server(params)


def _listen(params: Any, endpoint: Endpoint) -> None:
    params.ui = False
    params.endpoint_slots = True
    params.endpoint_metrics = True
    params.slot_save_path = f"{endpoint.directory}/"
    params.cors_origins = ""
    if endpoint.socket_path:
        params.hostnames = [endpoint.socket_path]
    else:
        params.port = endpoint.port
        params.api_keys = [endpoint.api_key]


def _configure_model(params: Any, settings: EngineSettings) -> None:
    params.model.path = settings.model_path
    if settings.alias:
        params.model_alias = {settings.alias}
    params.verbosity = 4 if settings.tells_placement else 3
    params.check_tensors = settings.check_tensors
    _configure_gpu(params, settings)
    mode = xllamacpp.llama_load_mode
    params.load_mode = {
        (True, True): mode.LLAMA_LOAD_MODE_MMAP_MLOCK,
        (True, False): mode.LLAMA_LOAD_MODE_MMAP,
        (False, True): mode.LLAMA_LOAD_MODE_MLOCK,
        (False, False): mode.LLAMA_LOAD_MODE_NONE,
    }[settings.use_mmap, settings.use_mlock]


def _configure_gpu(params: Any, settings: EngineSettings) -> None:
    """llama.cpp's own fit is of no use here: it wants room for its answer in `tensor_buft_overrides`, which only a
    command line prepares and xllamacpp leaves empty ("did not provide buffer"). So what was counted is what it gets."""
    params.fit_params = False
    if settings.fits_itself:
        params.n_gpu_layers = settings.likely_gpu_layers
    else:
        params.n_gpu_layers = -1 if settings.gpu_layers is None else settings.gpu_layers


def _configure_context(params: Any, settings: EngineSettings) -> None:
    params.n_ctx = settings.cells
    params.kv_unified = settings.kv_unified
    if settings.kv_unified:
        # Else an idle sequence loses what it holds when another one begins, and a copy is kept only if that is small.
        params.cache_idle_slots = False
    params.n_parallel = settings.sequences
    params.n_batch, params.n_ubatch = settings.batch_size, settings.step_tokens
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = settings.threads
    params.cache_ram_mib = settings.prompt_cache_mib
    params.n_ctx_checkpoints = CONTEXT_CHECKPOINTS
    params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type[f"GGML_TYPE_{settings.cache_type.upper()}"]
    flash = xllamacpp.llama_flash_attn_type
    params.flash_attn_type = {
        "auto": flash.LLAMA_FLASH_ATTN_TYPE_AUTO,
        True: flash.LLAMA_FLASH_ATTN_TYPE_ENABLED,
        False: flash.LLAMA_FLASH_ATTN_TYPE_DISABLED,
    }[settings.flash_attention]
    if settings.seed is not None:
        params.sampling.seed = settings.seed


def _configure_adapters(params: Any, settings: EngineSettings) -> None:
    """With a scale of 0: what is asked without one has none."""
    params.lora_init_without_apply = True
    params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(lora.path, 0.0) for lora in settings.loras]


def _configure_pooling(params: Any, settings: EngineSettings) -> None:
    if settings.pooling is None:
        return
    pooling = xllamacpp.llama_pooling_type
    params.embedding = True
    params.pooling_type = {
        "last": pooling.LLAMA_POOLING_TYPE_LAST,
        "model": pooling.LLAMA_POOLING_TYPE_UNSPECIFIED,
        "rank": pooling.LLAMA_POOLING_TYPE_RANK,
    }[settings.pooling]
