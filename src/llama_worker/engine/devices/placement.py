"""What of a model went where, as the engine's log says while it loads."""

from __future__ import annotations

import re
import threading
from typing import Literal

from msgspec import Struct, structs

from ...messages.values import DeviceMemory

_MIB = 1 << 20
_LAYERS = re.compile(r"offloaded (\d+)/(\d+) layers to GPU")
_BUFFER = re.compile(r"(\S+) (?P<kind>model|KV|RS|compute) buffer size\s*=\s*(?P<size>\d+(?:\.\d+)?) MiB")
_Field = Literal["model_bytes", "cache_bytes", "compute_bytes"]
_FIELDS: dict[str, _Field] = {
    "model": "model_bytes",
    "KV": "cache_bytes",
    "RS": "cache_bytes",
    "compute": "compute_bytes",
}


class Placement(Struct, frozen=True):
    """`gpu_layers` of `layers` are on GPUs, the output counting as one; None when the engine has not said.

    An engine that knows of no GPU says nothing about layers.
    """

    gpu_layers: int | None = None
    layers: int = 0
    memory: tuple[DeviceMemory, ...] = ()

    def __str__(self) -> str:
        return (
            "it said nothing of GPUs" if self.gpu_layers is None else f"{self.gpu_layers}/{self.layers} layers on GPUs"
        )


class PlacementReader:
    """Takes the engine's log line by line in one thread, and is asked from others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._placement = Placement()
        self._told = threading.Event()

    def take(self, line: str) -> None:
        if match := _LAYERS.search(line):
            self._take_layers(int(match[1]), int(match[2]))
        elif match := _BUFFER.search(line):
            self._take_buffer(match[1], _FIELDS[match["kind"]], round(float(match["size"]) * _MIB))

    def placement(self) -> Placement:
        """What is known by now."""
        with self._lock:
            return self._placement

    def wait(self, seconds: float) -> Placement:
        """The same, after waiting until the layers are known: an engine may be ready before its log is read."""
        self._told.wait(seconds)
        return self.placement()

    def _take_layers(self, on_gpu: int, layers: int) -> None:
        """The first to be loaded is the model; smaller ones that help it may follow."""
        with self._lock:
            if self._placement.gpu_layers is None:
                self._placement = structs.replace(self._placement, gpu_layers=on_gpu, layers=layers)
        self._told.set()

    def _take_buffer(self, device: str, field: _Field, size: int) -> None:
        with self._lock:
            known = {memory.device: memory for memory in self._placement.memory}
            memory = known.get(device, DeviceMemory(device))
            before = 0 if field == "compute_bytes" else getattr(memory, field)  # scratch is made anew, the rest adds up
            known[device] = structs.replace(memory, **{field: before + size})
            self._placement = structs.replace(self._placement, memory=tuple(known.values()))
