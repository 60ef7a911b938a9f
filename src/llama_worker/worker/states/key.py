"""What a state belongs to: the model, the engine, and those settings that decide what the engine computes."""

from __future__ import annotations

import hashlib
from typing import Any

from msgspec import json, structs

from ...engine.command import EngineKind
from ...engine.settings import EngineSettings
from ...models.store.files import ModelFiles
from ..chat.fingerprint import fingerprint

# All others count, also those that will be added: a state too few is read again, one too many would be wrong.
# A chat template decides which tokens there are, and states are found by their tokens.
# The engine may round otherwise with another batch or another place of the weights, as it does from one request to the
# next.
WITHOUT_EFFECT = frozenset(
    {
        "model_path",
        "alias",
        "reasons",
        "batch_size",
        "token_seconds",
        "ubatch_size",
        "threads",
        "threads_batch",
        "context_checkpoints",
        "cpu_moe",
        "moe_cache_mib",
        "kv_offload",
        "op_offload",
        "repack",
        "main_gpu",
        "split_mode",
        "tensor_split",
        "numa",
        "use_direct_io",
        "seed",
        "gpu",
        "gpu_layers",
        "gpu_margin_mib",
        "likely_gpu_layers",
        "use_mmap",
        "use_mlock",
        "check_tensors",
        "pooling",
        "prompt_cache_mib",
        "chat_template",
        "jinja",
        "debug",
        "model_files",
        "projector",
        "sandbox",
        "politeness",
        "memory_limit",
        "memory_limit_with_gpu",
    }
)


def state_key(files: ModelFiles, kind: EngineKind, settings: EngineSettings) -> str:
    """A name for a folder. Raises OSError."""
    model = fingerprint(files)
    identity = [model.size, model.digest, kind.name, kind.version(), _that_count(settings)]
    return hashlib.sha256(json.encode(identity, order="sorted")).hexdigest()[:32]


def compute_alike(one: EngineSettings, other: EngineSettings) -> bool:
    """Whether an engine with the one can use what an engine with the other has computed."""
    return _that_count(one) == _that_count(other)


def _that_count(settings: EngineSettings) -> dict[str, Any]:
    return {name: value for name, value in structs.asdict(settings).items() if name not in WITHOUT_EFFECT}
