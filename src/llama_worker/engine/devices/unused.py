"""Why no GPU computes although the machine has one, in a sentence that says what to do."""

from __future__ import annotations

from ..command import EngineKind, Xllamacpp
from ..sandbox.devices import gpu_maker
from ..settings import EngineSettings
from .device import Devices
from .placement import Placement

_INDEX = "https://xorbitsai.github.io/xllamacpp/whl"
# Of xllamacpp's README: the builds with a GPU are not on the package index.
_BUILDS = {"NVIDIA": ("CUDA", "cu128"), "AMD": ("ROCm", "rocm-7.2.4"), "": ("Vulkan", "vulkan")}


def why_unused(kind: EngineKind, settings: EngineSettings, devices: Devices, placement: Placement) -> str | None:
    """For an engine that runs with these settings; None when a GPU computes, or when there is none to be found."""
    if placement.gpu_layers:
        return None
    if not devices.gpus:
        return driver_missing(devices) or (missing_backend(kind, devices) if gpu_maker() else None)
    names = ", ".join(f"{device.name} ({device.description})" for device in devices.gpus)
    if not settings.likely_gpu_layers:
        free = ", ".join(f"{device.memory_free >> 20} MiB" for device in devices.gpus)
        return (
            f"No layer fits into {names}: {free} free, of which {settings.gpu_margin_mib} MiB are left to others "
            "(gpu_memory_margin). Free some of its memory, or take a smaller model or context."
        )
    return (
        f"The engine listed {names} and put no layer there: load with debug=True and look at its log, or update the "
        "driver."
    )


def driver_missing(devices: Devices) -> str | None:
    """Nothing is listed: the driver fails, the engine was built without it, or there is no GPU."""
    if not devices.known:
        return "The engine could not say which GPUs it has; whether one computes is not known."
    if devices.backends:
        return (
            f"The engine was built with {', '.join(devices.backends)} and found no GPU: install or update its driver."
        )
    return None


def missing_backend(kind: EngineKind, devices: Devices) -> str | None:
    """What to install when the machine has a GPU (on Linux, by its device files) and the engine lists none."""
    maker = gpu_maker()
    if maker is None or devices.gpus or devices.backends or not devices.known:
        return None
    backend, build = _BUILDS[maker]
    what = f"a GPU of {maker}" if maker else "a graphics device"
    install = f"pip install xllamacpp --force-reinstall --index-url {_INDEX}/{build}"
    hint = f"`{install}`" if isinstance(kind, Xllamacpp) else f"take a llama-server with {backend}"
    return f"The machine has {what}, and the engine was built without support for it: {hint}."
