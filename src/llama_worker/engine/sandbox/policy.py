"""What an engine process is told about its sandbox."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from ..process.endpoint import Endpoint
from ..settings import EngineSettings

# Measured: beside its computing threads llama-server has one for each core and sequence, and these.
_MORE_THREADS = 16


class SandboxPolicy(Struct, frozen=True, kw_only=True):
    """How an engine process restricts itself.

    It may read `model_files`, write into `directory`, and listen on `port` (0: on a Unix socket in `directory`).
    `memory_limit` is in bytes (0: none) and counts what it writes to, so neither mapped model files nor the stacks of
    its `threads`. Unless `memory_limit_with_gpu`, it does not hold where the driver of a GPU is at work: nobody can
    estimate what a driver reserves.
    """

    enabled: bool
    model_files: tuple[str, ...]
    directory: str
    port: int = 0
    memory_limit: int = 0
    memory_limit_with_gpu: bool = False
    threads: int = 0
    politeness: Literal["normal", "background"] = "normal"


UNRESTRICTED = SandboxPolicy(enabled=False, model_files=(), directory="")


def policy_for(settings: EngineSettings, endpoint: Endpoint) -> SandboxPolicy:
    """The policy for an engine with those settings."""
    return SandboxPolicy(
        enabled=settings.sandbox,
        model_files=settings.model_files or (settings.model_path,),
        directory=endpoint.directory,
        port=endpoint.port,
        memory_limit=settings.memory_limit,
        memory_limit_with_gpu=settings.memory_limit_with_gpu,
        threads=settings.threads + (settings.threads_batch or 0) + settings.sequences + _MORE_THREADS,
        politeness=settings.politeness,
    )
