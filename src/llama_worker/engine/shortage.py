"""Whether an engine ended for want of memory, and what it can do without."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from msgspec import structs

from .defaults import LARGER_GPU_MARGIN_MIB, SMALLEST_BATCH, SMALLEST_GPU_UBATCH
from .settings import EngineSettings

Memory = Literal["system", "device"]

_GROUPS, _OWN_GROUPS, _MACHINE = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup"), Path("/proc/vmstat")
# Of llama.cpp and ggml, when a buffer for weights, cache or computing cannot be had. What C++ says of any allocation
# (`std::bad_alloc`) is not among them: a single request may ask for too much.
_NO_ROOM = re.compile(
    r"insufficient memory|(?:failed|unable) to (?:re)?allocate|cannot allocate memory|out of memory|mem_buffer != NULL",
    re.IGNORECASE,
)
_DEVICE = re.compile(r"cuda|rocm|hip|vulkan|metal|sycl|cann|opencl|musa", re.IGNORECASE)
_SMALLEST_CONTEXT = 512
_NOT_TOLD = frozenset({"likely_gpu_layers", "reasons"})  # they follow from what is told


def kills_for_memory() -> int:
    """How many processes of this control group the system has killed for want of memory by now (Linux; elsewhere 0).

    Where the group does not count them, those of the whole machine.
    """
    return next((kills for path in counters() if (kills := _kills_in(path)) is not None), 0)


def counters() -> list[Path]:
    """Where the kernel counts them: cgroup v2's `memory.events`, v1's `memory.oom_control`, `/proc/vmstat`."""
    try:
        lines = _OWN_GROUPS.read_text().splitlines()
    except OSError:
        lines = []
    groups = [line.split(":", 2) for line in lines]
    v2 = [_GROUPS / path.lstrip("/") / "memory.events" for _, kinds, path in groups if not kinds]
    v1 = [
        _GROUPS / "memory" / path.lstrip("/") / "memory.oom_control" for _, kinds, path in groups if kinds == "memory"
    ]
    return [*v2, *v1, _MACHINE]


def _kills_in(path: Path) -> int | None:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), None)


def memory_asked_in_vain(log: Iterable[str]) -> Memory | None:
    """Which memory the last lines of a dead engine say it did not get."""
    lines = [line for line in log if _NO_ROOM.search(line)]
    if not lines:
        return None
    return "device" if any(map(_DEVICE.search, lines)) else "system"


def smaller(
    settings: EngineSettings, short_of: Memory, layers: int, fitting: Callable[[EngineSettings], int]
) -> EngineSettings | None:
    """What to try in place of `settings` that took too much; None when there is nothing to give up.

    Of a GPU's memory first a larger margin, then half of the layers there (`layers` is how many the model has,
    `fitting` counts those that fit). Of the system's the cache of prompts and half of the sequences; where these share
    a context, or there is one, half of the context.
    """
    if short_of == "device":
        changes = _less_on_device(settings, layers, fitting) | _shorter_steps(settings)
    else:
        changes = _less_cache(settings) | _smaller_batch(settings)
    return structs.replace(settings, **changes) if changes else None


def _less_on_device(settings: EngineSettings, layers: int, fitting: Callable[[EngineSettings], int]) -> dict[str, int]:
    if settings.fits_itself and settings.gpu_margin_mib < LARGER_GPU_MARGIN_MIB:
        margin = {"gpu_margin_mib": LARGER_GPU_MARGIN_MIB}
        return margin | {"likely_gpu_layers": fitting(structs.replace(settings, **margin))}
    everything = layers + 1 if settings.gpu_layers is None else settings.gpu_layers  # the output is one more
    fewer = (settings.likely_gpu_layers or everything) // 2
    return {"gpu_layers": fewer, "likely_gpu_layers": fewer} if everything else {}


def _shorter_steps(settings: EngineSettings) -> dict[str, int]:
    """A GPU's scratch grows with the tokens of one step."""
    if not _may_be_cut(settings) or settings.step_tokens <= SMALLEST_GPU_UBATCH:
        return {}
    return {"ubatch_size": max(SMALLEST_GPU_UBATCH, settings.step_tokens // 2)}


def _smaller_batch(settings: EngineSettings) -> dict[str, int]:
    if not _may_be_cut(settings) or settings.batch_size <= SMALLEST_BATCH:
        return {}
    return {"batch_size": max(SMALLEST_BATCH, settings.batch_size // 2)}


def _may_be_cut(settings: EngineSettings) -> bool:
    """Models that pool a whole text need it in one batch and step."""
    return settings.pooling in (None, "last")


def _less_cache(settings: EngineSettings) -> dict[str, int]:
    changes = {"prompt_cache_mib": 0} if settings.prompt_cache_mib else {}
    if settings.sequences > 1 and not settings.kv_unified:
        changes["sequences"] = settings.sequences // 2
    elif settings.context_size > _SMALLEST_CONTEXT:
        changes["context_size"] = max(_SMALLEST_CONTEXT, settings.context_size // 2)
    return changes


def differences(asked: EngineSettings, used: EngineSettings) -> tuple[str, ...]:
    """What was given up, setting by setting: "sequences: 4 to 2"."""
    before, after = structs.asdict(asked), structs.asdict(used)
    changed = (name for name in before if before[name] != after[name] and name not in _NOT_TOLD)
    return tuple(f"{name}: {_told(name, before[name])} to {after[name]}" for name in changed)


def _told(name: str, value: object) -> object:
    if value is not None:
        return value
    return "all that fit" if name == "gpu_layers" else "all at once"
