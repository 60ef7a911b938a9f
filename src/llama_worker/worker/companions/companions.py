"""What is loaded beside a model: found, and checked to fit it, before an engine is started."""

from __future__ import annotations

import asyncio

from msgspec import Struct

from ...engine.settings import LoraFile
from ...models.gguf.header import GgufHeader
from ...options import ModelOptions
from ..library import Library
from .loras import open_lora


class Companions(Struct, frozen=True):
    """`loras` are adapters by their numbers in the engine."""

    loras: tuple[LoraFile, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """All files of them, which the engine must read."""
        return tuple(lora.path for lora in self.loras)

    @property
    def size_bytes(self) -> int:
        """Main memory that they take."""
        return sum(lora.size for lora in self.loras)


NO_COMPANIONS = Companions()


async def open_companions(library: Library, options: ModelOptions, model: GgufHeader) -> Companions:
    """Those that the options name. Raises `InvalidOptionsError`, `ModelNotFoundError` or `InvalidModelError`."""
    if not options.loras:
        return NO_COMPANIONS
    opened = [asyncio.to_thread(open_lora, library, name, file, model) for name, file in options.loras.items()]
    return Companions(loras=tuple([await lora for lora in opened]))
