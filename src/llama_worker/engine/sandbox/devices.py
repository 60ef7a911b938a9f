"""GPUs: their drivers need more of the system than an engine that computes on the processor."""

from __future__ import annotations

import os
from collections.abc import Iterator
from glob import iglob

_DEVICES = "/dev"
# The device files of each maker's driver; what has its own is also among those of any GPU.
_MAKERS = {"NVIDIA": ("nvidia[0-9]*", "nvidiactl", "dxg"), "AMD": ("kfd",), "": ("dri/renderD*",)}
_CACHES = (
    "nvidia",
    "mesa_shader_cache",
    "mesa_shader_cache_db",
    "radv_builtin_shaders64",
    "neo_compiler_cache",
    "comgr",
)


def has_gpu() -> bool:
    """Whether there are devices of a GPU, which a program might open."""
    return gpu_maker() is not None


def gpu_maker() -> str | None:
    """Whose GPU there is, as far as its device files tell: "NVIDIA", "AMD", "" for any other; None without one."""
    wanted = ((maker, pattern) for maker, patterns in _MAKERS.items() for pattern in patterns)
    return next((maker for maker, pattern in wanted for _ in iglob(f"{_DEVICES}/{pattern}")), None)


def driver_is_asleep() -> bool:
    """Whether CUDA would have to start a setuid program to make its devices, as it does once after a boot."""
    return os.path.exists(f"{_DEVICES}/nvidiactl") and not os.path.exists(f"{_DEVICES}/nvidia-uvm")


def driver_caches() -> Iterator[str]:
    """Where drivers keep what they have compiled for the GPU; without them each start would compile it again."""
    home = os.path.expanduser("~")
    cache = os.environ.get("XDG_CACHE_HOME") or f"{home}/.cache"
    yield from (os.environ.get("CUDA_CACHE_PATH") or f"{home}/.nv", "/tmp/nvidia-mps")  # noqa: S108
    yield from (f"{cache}/{name}" for name in _CACHES)
