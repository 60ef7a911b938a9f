"""What a GPU changes in an engine's settings."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from ...engine.command import EngineKind, choose_engine
from ...engine.defaults import GPU_MARGIN_MIB
from ...engine.devices.device import NO_DEVICES, Devices
from ...engine.devices.listing import list_devices
from ...errors import EngineNotFoundError
from ...models.gguf.header import GgufHeader
from ...models.memory.offload import layers_that_fit
from ...options import LlamaOptions, ModelOptions

_MIB = 1 << 20


def layers_on_gpu(llama: LlamaOptions, model: ModelOptions) -> int | None:
    """How many layers a GPU is to be given: none without one, None for as many as fit."""
    return 0 if llama.gpu is False else model.gpu_layers


async def devices_for(kind: EngineKind, llama: LlamaOptions, model: ModelOptions) -> Devices:
    """The GPUs that the engine has; nobody is asked when none is wanted."""
    return NO_DEVICES if layers_on_gpu(llama, model) == 0 else await list_devices(kind)


async def known_devices(llama: LlamaOptions, model: ModelOptions, kind: EngineKind | None) -> Devices:
    """The same for an estimate, which needs no engine: there is no GPU where there is none."""
    if kind is None:
        try:
            kind = await asyncio.to_thread(choose_engine, llama.engine)
        except EngineNotFoundError:
            return NO_DEVICES
    return await devices_for(kind, llama, model)


def gpu_settings(llama: LlamaOptions, model: ModelOptions, devices: Devices) -> dict[str, Any]:
    """The part of the settings that is about GPUs, but for how many layers are likely."""
    layers, margin = layers_on_gpu(llama, model), model.gpu_memory_margin
    return {
        "gpu": bool(devices.gpus) and layers != 0,
        "gpu_layers": layers,
        "gpu_margin_mib": GPU_MARGIN_MIB if margin is None else -(-margin // _MIB),
    }


def likely_layers(header: GgufHeader, devices: Devices, gpu: Mapping[str, Any], plan: Mapping[str, Any]) -> int:
    """How many layers will be on GPUs with these parts of the settings: what was asked, else as many as fit."""
    if not gpu["gpu"]:
        return 0
    if gpu["gpu_layers"] is not None:
        return min(int(gpu["gpu_layers"]), header.block_count + 1)
    margin = (int(gpu["gpu_margin_mib"]) + int(gpu.get("moe_cache_mib", 0))) * _MIB
    return layers_that_fit(header, free_bytes=devices.free_bytes, margin_bytes=margin, **plan)


def in_main_memory(plan: dict[str, Any], devices: Devices) -> dict[str, Any]:
    """The plan as main memory sees it: what is put on a GPU that has no memory of its own stays there."""
    return plan | {"gpu_layers": 0} if devices.share_memory else dict(plan)
