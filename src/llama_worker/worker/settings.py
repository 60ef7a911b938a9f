"""From what the caller asked for and what the machine and the file are like, to what the engine is told."""

from __future__ import annotations

from ..engine.machine import choose_batch_size, choose_threads
from ..engine.settings import EngineSettings
from ..models.files import ModelFiles
from ..models.inspect import GgufHeader
from ..options import ContextOptions, LlamaOptions, ModelOptions

# Long enough for a conversation, short enough that four sequences of an 8B model take about 2 GiB.
DEFAULT_CONTEXT_SIZE = 4096
DEFAULT_SEQUENCES = 4


def engine_settings(
    files: ModelFiles, header: GgufHeader, llama: LlamaOptions, model: ModelOptions, context: ContextOptions | None
) -> EngineSettings:
    """The settings for `files`; an option of `context` goes before the same option of `model`."""
    merged = {
        name: value
        for options in (model, context)
        if options is not None
        for name in ContextOptions.__struct_fields__
        if (value := getattr(options, name)) is not None
    }
    threads = merged.pop("threads", None) or choose_threads(llama.num_threads)
    trained = header.context_length or DEFAULT_CONTEXT_SIZE
    defaults = {
        "context_size": min(trained, DEFAULT_CONTEXT_SIZE),
        "sequences": DEFAULT_SEQUENCES,
        "batch_size": choose_batch_size(files.size_bytes, threads),
    }
    return EngineSettings(
        model_path=str(files.path),
        threads=threads,
        gpu_layers=0 if llama.gpu is False else model.gpu_layers,
        use_mmap=model.use_mmap,
        use_mlock=model.use_mlock,
        check_tensors=model.check_tensors,
        debug=llama.debug,
        **(defaults | merged),
    )
