"""What is told of adapters."""

from __future__ import annotations

from msgspec import Struct


class Adapter(Struct, frozen=True, rename="camel"):
    """A LoRA adapter that is loaded with a model: what prompts call it, its file, and its size in bytes."""

    name: str
    path: str
    size: int
