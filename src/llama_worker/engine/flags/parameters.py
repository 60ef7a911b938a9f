"""The parameters of the bundled engine. `binding` is the module xllamacpp, which only the engine's process imports."""

from __future__ import annotations

from typing import Any

from ..arguments.check import apply_arguments
from ..defaults import ALIKE
from ..process.endpoint import Endpoint
from ..settings import EngineSettings
from .companions import configure_companions
from .forms import assign, value_of
from .table import SETTINGS

_POOLING = {"mean": "MEAN", "cls": "CLS", "last": "LAST", "model": "UNSPECIFIED", "rank": "RANK"}
_EXPERTS = r"\.ffn_(up|down|gate|gate_up)_(ch)?exps"  # as `--cpu-moe` names them
_LOAD_MODES = {"mmap+mlock": "MMAP_MLOCK", "mmap": "MMAP", "mlock": "MLOCK", "none": "NONE", "dio": "DIRECT_IO"}


def server_parameters(settings: EngineSettings, endpoint: Endpoint, binding: Any) -> Any:
    """The engine's `CommonParams`, all set."""
    params = binding.CommonParams()
    _listen(params, endpoint)
    for setting in SETTINGS:
        if (value := value_of(settings, setting.name)) is not None:
            assign(params, setting.parameter, setting.converted(value, binding))
    _configure_gpu(params, settings)
    _configure_model(params, settings, binding)
    _configure_cache(params)
    _configure_experts(params, settings)
    configure_companions(params, settings, binding)
    for path, value in apply_arguments(settings.engine_arguments, params, binding):
        assign(params, path, value)
    return params


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


def _configure_model(params: Any, settings: EngineSettings, binding: Any) -> None:
    if settings.chat_template:
        params.chat_template = settings.chat_template
    if settings.alias:
        params.model_alias = {settings.alias}
    params.verbosity = 4 if settings.tells_placement else 3
    params.load_mode = binding.llama_load_mode[f"LLAMA_LOAD_MODE_{_LOAD_MODES[settings.load_mode]}"]
    if settings.pooling is not None:
        params.embedding = True
        params.pooling_type = binding.llama_pooling_type[f"LLAMA_POOLING_TYPE_{_POOLING[settings.pooling]}"]


def _configure_gpu(params: Any, settings: EngineSettings) -> None:
    """llama.cpp's own fit is of no use here: it wants room for its answer in `tensor_buft_overrides`, which only a
    command line prepares and xllamacpp leaves empty ("did not provide buffer"). So what was counted is what it gets."""
    params.fit_params = False
    if settings.fits_itself:
        params.n_gpu_layers = settings.likely_gpu_layers
    else:
        params.n_gpu_layers = -1 if settings.gpu_layers is None else settings.gpu_layers


def _configure_cache(params: Any) -> None:
    """An idle sequence keeps what it holds, and a copy is made only of what another conversation takes its place of."""
    params.cache_idle_slots = False
    params.slot_prompt_similarity = ALIKE


def _configure_experts(params: Any, settings: EngineSettings) -> None:
    params.moe_cache_size = settings.moe_cache_mib << 20
    if settings.cpu_moe is True:
        params.tensor_buft_overrides = f"{_EXPERTS}=CPU"
    elif settings.cpu_moe:
        params.tensor_buft_overrides = ",".join(rf"blk\.{layer}{_EXPERTS}=CPU" for layer in range(settings.cpu_moe))
