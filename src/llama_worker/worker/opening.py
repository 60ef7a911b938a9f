"""What is read of a model's files before an engine is started."""

from __future__ import annotations

from ..engine.command import EngineKind
from ..messages import MemoryEstimate
from ..models.names import ModelName
from ..options import LlamaOptions, ModelOptions
from .companions.companions import open_companions
from .inert.guard import read_content_guard
from .library import Library
from .loading import LoadedFiles, estimate_memory
from .stand_in import stand_in
from .templates.chosen import read_template


async def find_files(library: Library, name: ModelName, llama: LlamaOptions, options: ModelOptions) -> LoadedFiles:
    """Everything about a model that is to be loaded that its engine does not tell. Raises what `load_model` raises."""
    if (other := stand_in()) and (stood_in := await other.open(name, llama, options)):
        return stood_in
    files, header = await library.open(name)
    template = await read_template(options.chat_template)
    beside = await open_companions(library, name, options, header)
    guard = await read_content_guard(files.path, header, template, beside.modalities)
    return LoadedFiles(str(name), files, header, guard, llama, options, template, companions=beside)


async def estimate_files(
    library: Library, name: ModelName, llama: LlamaOptions, options: ModelOptions, kind: EngineKind | None
) -> MemoryEstimate:
    """What a model would take, which need not be here, with what is to be loaded beside it, which must."""
    if (other := stand_in()) and (stood_in := await other.open(name, llama, options)):
        return await estimate_memory(stood_in.header, llama, options, stood_in.kind, stood_in.companions)
    header = await library.header(name)
    beside = await open_companions(library, name, options, header)
    return await estimate_memory(header, llama, options, kind, beside)
