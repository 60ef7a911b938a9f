"""What is read of a model's files, or fetched, before an engine is started."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..engine.command import EngineKind
from ..messages import MemoryEstimate
from ..messages.events import Downloading
from ..models.names import ModelName, ModelReference, parse_model_name
from ..options import LlamaOptions, ModelOptions
from .companions.companions import open_companions
from .inert.guard import read_content_guard
from .library import Library
from .loading import LoadedFiles, estimate_memory, public_name
from .operations.operation import Operation
from .stand_in import stand_in
from .templates.chosen import read_template

if TYPE_CHECKING:
    from ..models.download.reach import Reach
    from .finding.fitting import Machine


async def find_files(library: Library, name: ModelName, llama: LlamaOptions, options: ModelOptions) -> LoadedFiles:
    """Everything about a model that is to be loaded that its engine does not tell. Raises what `load_model` raises."""
    if (other := stand_in()) and (stood_in := await other.open(name, llama, options)):
        return stood_in
    name = await asyncio.to_thread(library.meant, name)
    files, header = await library.open(name)
    template = await read_template(options.chat_template)
    beside = await open_companions(library, name, options, header)
    await asyncio.to_thread(library.admit, name, [*files.parts, *map(Path, beside.files)])
    if llama.signatures != "off":
        from .signing.checking import admit  # here, as few look at signatures

        await admit(llama, str(name), [*files.parts, *map(Path, beside.files)])
    guard = await read_content_guard(files.path, header, template, beside.modalities)
    public = public_name(name, files, library.store.plain_folder)
    return LoadedFiles(str(name), public, files, header, guard, llama, options, template, companions=beside)


def begin_download(
    library: Library,
    name: ModelReference,
    *,
    sha256: str | None = None,
    size: int | None = None,
    reach: Reach | None = None,
    machine: Callable[[], Awaitable[Machine]],
) -> Operation[Path, Downloading]:
    """A download as an operation; of several models one is chosen for `machine`.

    Raises `InvalidOptionsError` at once for a name that cannot be one.
    """
    parsed = parse_model_name(name)

    async def fetch(operation: Operation[Path, Downloading]) -> Path:
        operation.mark("running")
        other = stand_in()
        if other and (path := await other.download(parsed, operation.report)):
            return path
        from .finding.choosing import Choice, choose

        named = await asyncio.to_thread(library.meant, parsed)
        whole = sha256 is None and size is None
        choice = await choose(named, library.store, machine, reach) if whole else Choice(named)

        def report(event: Downloading) -> None:
            operation.report(replace(event, chosen=str(choice.name) if choice.reason else "", reason=choice.reason))

        return await library.fetch(choice.name, sha256=sha256, size=size, report=report, reach=reach)

    return Operation("download", fetch, to_item=lambda event: event if isinstance(event, Downloading) else None)


async def estimate_files(
    library: Library,
    name: ModelName,
    llama: LlamaOptions,
    options: ModelOptions,
    kind: EngineKind | None,
    reach: Reach | None = None,
) -> MemoryEstimate:
    """What a model would take, which need not be here, with what is to be loaded beside it, which must."""
    if (other := stand_in()) and (stood_in := await other.open(name, llama, options)):
        return await estimate_memory(stood_in.header, llama, options, stood_in.kind, stood_in.companions)
    name = await asyncio.to_thread(library.meant, name)
    header = await library.header(name, reach)
    beside = await open_companions(library, name, options, header)
    return await estimate_memory(header, llama, options, kind, beside)
