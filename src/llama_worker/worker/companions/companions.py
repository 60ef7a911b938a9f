"""What is loaded beside a model: found, and checked to fit it, before an engine is started."""

from __future__ import annotations

import asyncio

from msgspec import Struct

from ...engine.companions import LoraFile
from ...models.gguf.header import GgufHeader
from ...models.store.files import ModelFiles
from ...options import ModelOptions
from ..library import Library
from .drafts import DraftFiles, open_draft
from .loras import open_lora


class Companions(Struct, frozen=True):
    """`loras` are adapters by their numbers in the engine, `draft` is a model that drafts."""

    loras: tuple[LoraFile, ...] = ()
    draft: DraftFiles | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """All files of them, which the engine must read."""
        parts = self.draft.files.parts if self.draft else ()
        return (*(lora.path for lora in self.loras), *map(str, parts))

    @property
    def size_bytes(self) -> int:
        """Main memory that they take at least: what a draft model keeps of texts is not counted."""
        return sum(lora.size for lora in self.loras) + (self.draft.header.data_bytes if self.draft else 0)


NO_COMPANIONS = Companions()


async def open_companions(
    library: Library, options: ModelOptions, files: ModelFiles | None, model: GgufHeader
) -> Companions:
    """Those that the options name, for a model whose `files` are here. Raises `InvalidOptionsError`,
    `ModelNotFoundError` or `InvalidModelError`."""
    return await asyncio.to_thread(_open, library, options, files, model) if _named(options) else NO_COMPANIONS


def _named(options: ModelOptions) -> bool:
    return bool(options.loras) or options.draft_model is not None


def _open(library: Library, options: ModelOptions, files: ModelFiles | None, model: GgufHeader) -> Companions:
    loras = tuple(open_lora(library, name, file, model) for name, file in options.loras.items())
    draft = open_draft(library, options.draft_model, files, model) if options.draft_model else None
    return Companions(loras, draft)
