"""Whether a model fits this machine, as `load_model` would load it."""

from __future__ import annotations

from msgspec import Struct

from ...engine.command import EngineKind
from ...engine.devices.device import Devices
from ...messages.found import Fit
from ...models.gguf.header import GgufHeader
from ...models.memory.available import available_memory
from ...models.memory.estimate import estimate
from ...options import LlamaOptions, ModelOptions
from ..loading import memory_plan
from ..planning.offload import in_main_memory, known_devices


class Machine(Struct, frozen=True):
    """What there is to load models into, and how they would be loaded."""

    llama: LlamaOptions
    options: ModelOptions
    devices: Devices

    def fit(self, header: GgufHeader, beside_bytes: int = 0) -> Fit:
        """Whether the model fits with what is loaded beside it; takes some milliseconds."""
        available = available_memory()
        plan = memory_plan(header, self.llama, self.options, self.devices)
        there = in_main_memory(plan | {"companion_bytes": plan["companion_bytes"] + beside_bytes}, self.devices)
        needed = estimate(header, **there)
        return Fit(
            fits=needed.required_bytes <= available.available_bytes,
            required_bytes=needed.required_bytes,
            available_bytes=available.available_bytes,
            context_size=needed.context_size,
            reason=f"needs {_gigabytes(needed.required_bytes)} with {needed.context_size} tokens of context, and "
            f"{_gigabytes(available.available_bytes)} are free",
        )


async def this_machine(llama: LlamaOptions, options: ModelOptions, kind: EngineKind | None) -> Machine:
    """This one, as it is now."""
    return Machine(llama, options, await known_devices(llama, options, kind))


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
