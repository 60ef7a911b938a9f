"""What is loaded beside a model into the same engine, and what drafts for it."""

from __future__ import annotations

from msgspec import Struct


class LoraFile(Struct, frozen=True):
    """An adapter: what requests call it, its file, and how large that is. `digest` tells it from another file at the
    same place."""

    name: str
    path: str
    size: int
    digest: str


class ProjectorFile(Struct, frozen=True):
    """What lets a model see or hear: its file, the bytes of memory that it takes, what it is for ("image", "audio"),
    and whether all tokens of an image must be computed in one step."""

    path: str
    size: int
    modalities: tuple[str, ...]
    whole_images: bool = False


class DraftModel(Struct, frozen=True):
    """A model that drafts for a larger one: its file, the bytes that it takes with its own context, and a `digest` as
    an adapter's."""

    path: str
    memory_bytes: int
    digest: str


class Speculation(Struct, frozen=True):
    """Tokens that are drafted, and then verified all at once: how many at most of what the text repeats (`repeated`)
    and of what a `model` writes (`written`); 0: none."""

    repeated: int = 0
    written: int = 0
    model: DraftModel | None = None

    @property
    def most(self) -> int:
        """How many at once."""
        return max(self.repeated, self.written)
