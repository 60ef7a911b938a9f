"""What is read of a model's files before an engine is started."""

from __future__ import annotations

from ..models.gguf.projector import modalities_of
from ..models.names import ModelName
from ..options import LlamaOptions, ModelOptions
from .inert.guard import read_content_guard
from .library import Library
from .loading import LoadedFiles


async def open_files(library: Library, name: ModelName, llama: LlamaOptions, options: ModelOptions) -> LoadedFiles:
    """The files of a model that is here, checked. Raises `ModelNotFoundError` or `InvalidModelError`."""
    files, header = await library.open(name)
    projector = await library.projector(files, header, options.projector)
    guard = await read_content_guard(files.path, header, modalities_of(projector) if projector else ())
    return LoadedFiles(str(name), files, header, guard, llama, options, projector)
