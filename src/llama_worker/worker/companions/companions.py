"""What is loaded beside a model: found, and checked to fit it, before an engine is started."""

from __future__ import annotations

import asyncio

from msgspec import Struct

from ...engine.settings import LoraFile, ProjectorFile
from ...models.gguf.header import GgufHeader
from ...models.names import ModelName
from ...options import ModelOptions
from ..library import Library
from .loras import open_lora
from .projector import open_projector


class Companions(Struct, frozen=True):
    """`loras` are adapters by their numbers in the engine, `projector` lets it see or hear."""

    loras: tuple[LoraFile, ...] = ()
    projector: ProjectorFile | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """All files of them, which the engine must read."""
        return tuple(one.path for one in (*self.loras, self.projector) if one is not None)

    @property
    def size_bytes(self) -> int:
        """Main memory that they take."""
        return sum(one.size for one in (*self.loras, self.projector) if one is not None)

    @property
    def modalities(self) -> tuple[str, ...]:
        """What the model reads with them beside text."""
        return self.projector.modalities if self.projector else ()


NO_COMPANIONS = Companions()


async def open_companions(library: Library, name: ModelName, options: ModelOptions, model: GgufHeader) -> Companions:
    """Those that the options name, and what belongs to the model. Raises `InvalidOptionsError`, `ModelNotFoundError` or
    `InvalidModelError`."""
    projector = await asyncio.to_thread(open_projector, library, name, model, options.projector)
    opened = [asyncio.to_thread(open_lora, library, name, file, model) for name, file in options.loras.items()]
    return Companions(loras=tuple([await lora for lora in opened]), projector=projector)
