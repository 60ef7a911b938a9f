"""What is loaded beside a model: found, and checked to fit it, before an engine is started."""

from __future__ import annotations

import asyncio

from msgspec import Struct

from ...engine.companions import LoraFile, ProjectorFile
from ...models.gguf.header import GgufHeader
from ...models.names import ModelName
from ...options import ModelOptions
from ..library import Library
from .drafts import DraftFiles, open_draft
from .loras import open_lora
from .projector import open_projector


class Companions(Struct, frozen=True):
    """`loras` are adapters by their numbers in the engine, `projector` lets it see or hear, `draft` drafts for it."""

    loras: tuple[LoraFile, ...] = ()
    projector: ProjectorFile | None = None
    draft: DraftFiles | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """All files of them, which the engine must read."""
        parts = self.draft.files.parts if self.draft else ()
        return (*(one.path for one in (*self.loras, self.projector) if one is not None), *map(str, parts))

    @property
    def size_bytes(self) -> int:
        """Main memory that they take at least: what a draft model keeps of texts is not counted."""
        draft = self.draft.header.data_bytes if self.draft else 0
        return sum(one.size for one in (*self.loras, self.projector) if one is not None) + draft

    @property
    def modalities(self) -> tuple[str, ...]:
        """What the model reads with them beside text."""
        return self.projector.modalities if self.projector else ()


NO_COMPANIONS = Companions()


async def open_companions(library: Library, name: ModelName, options: ModelOptions, model: GgufHeader) -> Companions:
    """Those that the options name, and what belongs to the model. Raises `InvalidOptionsError`, `ModelNotFoundError` or
    `InvalidModelError`."""
    return await asyncio.to_thread(_open, library, name, options, model)


def _open(library: Library, name: ModelName, options: ModelOptions, model: GgufHeader) -> Companions:
    projector = open_projector(library, name, model, options.projector)
    loras = tuple(open_lora(library, name, file, model) for name, file in options.loras.items())
    draft = open_draft(library, options.draft_model, name, model) if options.draft_model else None
    return Companions(loras, projector, draft)
