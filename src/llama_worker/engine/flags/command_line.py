"""The command line and the environment of any `llama-server`."""

from __future__ import annotations

from ..defaults import ALIKE
from ..process.endpoint import Endpoint
from ..settings import EnginePooling, EngineSettings
from .companions import companion_flags
from .forms import value_of
from .table import SETTINGS

_POOLING_FLAGS = {"model": ["--embeddings"], "rank": ["--reranking"]}


def server_flags(settings: EngineSettings, endpoint: Endpoint) -> list[str]:
    """Everything but the program; it never holds a secret."""
    return [
        *_listen_flags(endpoint),
        *_table_flags(settings),
        *_gpu_flags(settings),
        *_model_flags(settings),
        *companion_flags(settings),
        *_cache_flags(),
        *_expert_flags(settings),
        *(["--chat-template-file", endpoint.template_path] if settings.chat_template else []),
    ]


def server_environment(settings: EngineSettings) -> dict[str, str]:
    """How the file is read. Newer servers have one flag for it and refuse the older ones, while of these variables each
    server takes those that it knows."""
    older = {"LLAMA_ARG_MMAP": str(int(settings.use_mmap)), **({"LLAMA_ARG_MLOCK": "1"} if settings.use_mlock else {})}
    return {"LLAMA_ARG_LOAD_MODE": settings.load_mode, **older}


def _listen_flags(endpoint: Endpoint) -> list[str]:
    where = (
        ["--host", endpoint.socket_path]
        if endpoint.socket_path
        else ["--host", "127.0.0.1", "--port", str(endpoint.port)]
    )
    return [*where, "--no-webui", "--metrics", "--slots", "--slot-save-path", f"{endpoint.directory}/"]


def _table_flags(settings: EngineSettings) -> list[str]:
    values = [(setting, value_of(settings, setting.name)) for setting in SETTINGS]
    return [flag for setting, value in values if value is not None for flag in setting.flags(value)]


def _pooling_flags(pooling: EnginePooling) -> list[str]:
    return _POOLING_FLAGS.get(pooling) or ["--embeddings", "--pooling", pooling]


def _model_flags(settings: EngineSettings) -> list[str]:
    alias = ["--alias", settings.alias] if settings.alias else []
    pooling = [] if settings.pooling is None else _pooling_flags(settings.pooling)
    return [*alias, *pooling, "--verbosity", "4" if settings.tells_placement else "3"]


def _gpu_flags(settings: EngineSettings) -> list[str]:
    """llama.cpp's fit gives a GPU what leaves the margin free. It would also shorten a context that nobody chose; ours
    is always chosen, and is the least that it may choose besides."""
    if settings.fits_itself and not settings.says_where_weights_go:
        pairs = {"--fit-target": settings.gpu_margin_mib, "--fit-ctx": settings.context_size}
        return ["--fit", "on", *[text for name, value in pairs.items() for text in (name, str(value))]]
    layers = settings.likely_gpu_layers if settings.fits_itself else settings.gpu_layers
    return ["--fit", "off", *([] if layers is None else ["--n-gpu-layers", str(layers)])]


def _cache_flags() -> list[str]:
    return ["--no-cache-idle-slots", "--slot-prompt-similarity", str(ALIKE)]


def _expert_flags(settings: EngineSettings) -> list[str]:
    cache = ["--moe-cache-mib", str(settings.moe_cache_mib)] if settings.moe_cache_mib else []
    if settings.cpu_moe is True:
        return ["--cpu-moe", *cache]
    return ["--n-cpu-moe", str(settings.cpu_moe), *cache] if settings.cpu_moe else cache
