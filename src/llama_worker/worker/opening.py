"""What is read of a model's files before an engine is started."""

from __future__ import annotations

from ..models.gguf.projector import modalities_of
from ..models.names import ModelName
from ..options import LlamaOptions, ModelOptions
from .inert.guard import read_content_guard
from .library import Library
from .loading import LoadedFiles
from .templates.chosen import read_template


async def find_files(library: Library, name: ModelName, llama: LlamaOptions, options: ModelOptions) -> LoadedFiles:
    """Everything about a model that is to be loaded that its engine does not tell. Raises what `load_model` raises."""
    files, header = await library.open(name)
    projector = await library.projector(files, header, options.projector)
    template = await read_template(options.chat_template)
    guard = await read_content_guard(files.path, header, template, modalities_of(projector) if projector else ())
    return LoadedFiles(str(name), files, header, guard, llama, options, projector, template)
