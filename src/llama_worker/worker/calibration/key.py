"""What a measurement belongs to: the machine, the engine, the model, and the settings that speed depends on."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections import Counter
from functools import cache
from pathlib import Path

from msgspec import json

from ...engine.command import EngineKind
from ...engine.settings import EngineSettings
from ...engine.threads.cpus import usable_cores
from ...models.gguf.header import GgufHeader

# Counted up when the same facts would be measured otherwise.
_EDITION = 1
_SETTINGS = ("cache_type_k", "cache_type_v", "flash_attention", "repack", "engine_arguments", "reading_threads")


def calibration_key(header: GgufHeader, kind: EngineKind, settings: EngineSettings) -> str:
    """The name of a file. The model is known by what it consists of, so that a copy of it is the same. Raises OSError.

    The size of a batch does not count, as it is what is chosen by the measurement.
    """
    tensors = Counter((tensor.type, tensor.shape) for tensor in header.tensors)
    model = (header.architecture, header.integer("expert_used_count"), sorted(tensors.items()))
    told = {name: getattr(settings, name) for name in _SETTINGS}
    draft = settings.speculation and settings.speculation.model
    identity = (_EDITION, _machine(), usable_cores(), kind.name, kind.version(), model, told, draft and draft.digest)
    return hashlib.sha256(json.encode(identity, order="sorted")).hexdigest()[:32]


@cache
def _machine() -> tuple[str, int | None, int]:
    """The processor, its cores and the memory."""
    import psutil

    return _processor(), psutil.cpu_count(), psutil.virtual_memory().total


def _processor() -> str:
    if sys.platform == "linux":
        try:
            lines = Path("/proc/cpuinfo").read_text().splitlines()
        except OSError:
            lines = []
        names = [line for line in lines if line.startswith(("model name", "flags", "CPU part", "Features"))]
        return "".join(sorted(set(names)))
    return f"{platform.machine()} {platform.processor()}"
