"""The projector of a model: its file, what the model reads with it, and what that asks of an engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...engine.companions import ProjectorFile
from ...models.gguf.header import GgufHeader
from ...models.gguf.projector import modalities_of, reads_whole_images
from ...models.memory.projector import projector_bytes
from ...models.names import ModelName
from ...models.store.projectors import find_projector
from ..library import Library

# More than the tokens of an image of Gemma 3 (256), and llama.cpp's own step.
_STEP_FOR_IMAGES = 512


def open_projector(library: Library, name: ModelName, model: GgufHeader, asked: bool | str) -> ProjectorFile | None:
    """The one that `ModelOptions.projector` asks for; reads the disk. For a model that is not here only one that is
    named is known.

    Raises `ModelNotFoundError` or `InvalidModelError`.
    """
    header = find_projector(library.files_here(name), model, asked)
    if header is None:
        return None
    return ProjectorFile(
        path=header.source,
        size=projector_bytes(header),
        modalities=modalities_of(header),
        whole_images=reads_whole_images(header),
    )


def with_step_for_images(chosen: Mapping[str, Any], projector: ProjectorFile | None) -> dict[str, Any]:
    """An engine's settings with a step that holds a whole image, where the model reads it in one: llama.cpp aborts
    otherwise."""
    if projector is None or not projector.whole_images:
        return dict(chosen)
    batch, step = chosen["batch_size"], chosen.get("ubatch_size") or chosen["batch_size"]
    larger = {"batch_size": max(batch, _STEP_FOR_IMAGES), "ubatch_size": max(step, _STEP_FOR_IMAGES)}
    reasons = {"batch_size": "an image is read in one step"} if batch < _STEP_FOR_IMAGES else {}
    return {**chosen, **larger, "reasons": chosen["reasons"] | reasons}
