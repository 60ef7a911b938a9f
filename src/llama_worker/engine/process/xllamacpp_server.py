"""The bundled engine: llama.cpp's server, started by xllamacpp in this process. Only `child` imports this."""

from __future__ import annotations

import re
from typing import Any

import xllamacpp

from ..devices.device import Device, Devices, shares_memory
from ..flags.parameters import server_parameters
from ..settings import EngineSettings
from .endpoint import Endpoint


def find_devices() -> Devices:
    """What this build has, and the GPUs that it has found; their drivers are awake then."""
    gpus = [_device(info) for info in xllamacpp.get_device_info() if "GPU" in info["type"].name]
    told = xllamacpp.get_system_info()
    backends = [name for name in re.findall(r"(\w+) : ", told) if name != "CPU"]
    return Devices(gpus=tuple(gpus), backends=tuple(backends), features=tuple(re.findall(r"(\w+) = 1 ", told)))


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
    return xllamacpp.Server(server_parameters(settings, endpoint, xllamacpp))
