"""Room on GPUs, which is told by the layers that fit there."""

from __future__ import annotations

from msgspec.structs import asdict

from ...engine.settings import EngineSettings
from ..loading import LoadedFiles
from ..planning.offload import likely_layers
from ..planning.plan import plan_of


def has_too_few_layers(of: LoadedFiles, settings: EngineSettings) -> bool:
    """Whether GPUs with a memory of their own would get fewer layers than were asked for, or else than there are."""
    if not settings.gpu or of.devices.share_memory:
        return False
    every = of.header.block_count + 1
    wanted = every if settings.gpu_layers is None else min(settings.gpu_layers, every)
    told = asdict(settings)
    return likely_layers(of.header, of.devices, told | {"gpu_layers": None}, plan_of(told)) < wanted
