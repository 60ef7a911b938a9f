"""From what the caller asked for and what the machine and the file are like, to what the engine is told; and whether
that fits into memory."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from ..engine.arguments.check import check_arguments
from ..engine.arguments.files import files_named
from ..engine.command import EngineKind
from ..engine.devices.device import NO_DEVICES, Devices
from ..engine.settings import EngineSettings, Timeouts
from ..engine.shortage import smaller
from ..engine.states import LoadProgress
from ..engine.supervisor import EngineSupervisor
from ..messages import MemoryEstimate
from ..messages.events import Progress
from ..models.gguf.header import GgufHeader
from ..models.memory.available import available_memory
from ..models.memory.estimate import estimate, require_memory
from ..models.memory.limit import memory_limit
from ..models.names import BuiltinName, HubName, ModelName
from ..models.store.files import ModelFiles
from ..options import ContextOptions, LlamaOptions, ModelOptions
from .companions.companions import NO_COMPANIONS, Companions
from .companions.projector import with_step_for_images
from .companions.speculation import speculation_of
from .inert.guard import ContentGuard
from .planning.attention import with_attention
from .planning.batch import NOT_MEASURED, Speed
from .planning.context import context_settings, pooling_of
from .planning.offload import devices_for, in_main_memory, known_devices, likely_layers
from .planning.plan import maps_file, placed, plan_of, prompt_cache_mib
from .templates.chosen import OWN_TEMPLATE, ChatTemplate

_BACKGROUND_PATIENCE = 10
_MIB = 1 << 20


class LoadedFiles(Struct, frozen=True):
    """Which model it is, what it is called towards others, what its content must not do, how it was asked for, and what
    was there before it was loaded: free bytes of main memory, and GPUs. `companions` are loaded beside it, `speed` is
    how fast it reads. Where it has a `kind`, it runs in such an engine and no other."""

    name: str
    public_name: str
    files: ModelFiles
    header: GgufHeader
    guard: ContentGuard
    llama: LlamaOptions
    options: ModelOptions
    template: ChatTemplate = OWN_TEMPLATE
    devices: Devices = NO_DEVICES
    free_bytes: int = 0
    companions: Companions = NO_COMPANIONS
    speed: Speed = NOT_MEASURED
    kind: EngineKind | None = None


def engine_settings(of: LoadedFiles, context: ContextOptions | None) -> EngineSettings:
    """The settings for a model; an option of `context` goes before the same option of the model."""
    files, header, llama, model = of.files, of.header, of.llama, of.options
    free_bytes = of.free_bytes - of.companions.size_bytes
    suited = context_settings(header, llama, model, context, of.devices, free_bytes, of.speed)
    chosen = with_attention(header, with_step_for_images(suited, of.companions.projector), free_bytes)
    pooling = pooling_of(header, chosen["batch_size"], chosen.get("ubatch_size"), model.pooling)
    settings = EngineSettings(
        model_path=str(files.path),
        model_files=(
            *map(str, files.parts),
            *of.companions.files,
            *files_named(model.engine_arguments),
        ),
        lora_files=of.companions.loras,
        projector=of.companions.projector,
        speculation=speculation_of(model, of.companions.draft, pooling, chosen),
        alias=of.public_name,
        pooling=pooling,
        prompt_cache_mib=_prompt_cache_mib(of, chosen),
        moe_cache_mib=-(-model.moe_cache_bytes // _MIB) if chosen["likely_gpu_layers"] else 0,
        chat_template=of.template.text,
        jinja=of.template.jinja,
        debug=llama.debug,
        sandbox=llama.sandbox,
        politeness=llama.politeness,
        **_told_as_given(model),
        **chosen,
    )
    return _with_memory_limit(settings, header, model.memory_limit)


def _prompt_cache_mib(of: LoadedFiles, chosen: dict[str, Any]) -> int:
    beside = of.header.data_bytes + estimate(of.header, **plan_of(chosen)).kv_cache_bytes
    machine = available_memory().total_bytes
    return prompt_cache_mib(of.options.prompt_cache_bytes, of.companions, beside, machine)


def _told_as_given(model: ModelOptions) -> dict[str, Any]:
    """The model's options that an engine is told by the same name and in the same words."""
    otherwise = set(ContextOptions.__struct_fields__) | {"gpu_layers", "memory_limit"}
    otherwise |= {"chat_template", "projector", "pooling"}
    same = set(ModelOptions.__struct_fields__) & set(EngineSettings.__struct_fields__) - otherwise
    given = {name: value for name in same if (value := getattr(model, name)) is not None}
    return given | {"use_mmap": maps_file(model)}


def _with_memory_limit(settings: EngineSettings, header: GgufHeader, asked: int | None) -> EngineSettings:
    if asked is not None:
        return replace(settings, memory_limit=asked, memory_limit_with_gpu=True)
    if not settings.sandbox:
        return settings
    limit = memory_limit(
        estimate(header, **plan_of(asdict(settings))),
        use_mmap=settings.use_mmap,
        prompt_cache_mib=settings.prompt_cache_mib,
        embeds_batches_of=0 if settings.pooling is None else settings.batch_size * header.vocab_size,
    )
    return replace(settings, memory_limit=limit)


def public_name(name: ModelName, files: ModelFiles, plain_folder: Path | None = None) -> str:
    """What a model is called towards others: its name; in the folder for plain files where it is in there, as lists of
    models have it; or for any other path the file's name without its ending."""
    if isinstance(name, BuiltinName | HubName):
        return str(name)
    if plain_folder is not None and files.path.is_relative_to(plain_folder):
        return files.path.relative_to(plain_folder).as_posix()
    return files.path.stem


async def estimate_memory(
    header: GgufHeader, llama: LlamaOptions, options: ModelOptions, kind: EngineKind | None, companions: Companions
) -> MemoryEstimate:
    """What an engine of that kind, or else the one that was chosen, would use for the model of `header`."""
    devices = await known_devices(llama, options, kind)
    plan = await asyncio.to_thread(memory_plan, header, llama, options, devices, companions)
    return estimate(header, **plan)


def memory_plan(
    header: GgufHeader,
    llama: LlamaOptions,
    options: ModelOptions,
    devices: Devices,
    companions: Companions = NO_COMPANIONS,
) -> dict[str, Any]:
    """How the model would be run, in the words of `estimate`."""
    free_bytes = available_memory().available_bytes - companions.size_bytes
    suited = context_settings(header, llama, options, None, devices, free_bytes)
    chosen = with_attention(header, with_step_for_images(suited, companions.projector), free_bytes)
    speculation = speculation_of(options, companions.draft, None, chosen)
    beside = {"lora_files": companions.loras, "projector": companions.projector, "speculation": speculation}
    return plan_of(chosen | placed(options) | beside)


def require_memory_for(settings: EngineSettings, header: GgufHeader, devices: Devices) -> None:
    """Raise `InsufficientMemoryError` when it does not fit into main memory, less what GPUs hold.

    How much an engine will put on GPUs of which it did not tell cannot be known, so that is not refused.
    """
    if devices.known or settings.gpu_layers == 0:
        require_memory(header, **in_main_memory(plan_of(asdict(settings)), devices))


def _fitting(settings: EngineSettings, of: LoadedFiles) -> int:
    return likely_layers(of.header, of.devices, asdict(settings), plan_of(asdict(settings)))


async def settings_for(of: LoadedFiles, kind: EngineKind, free_bytes: int) -> tuple[LoadedFiles, EngineSettings]:
    """What an engine for the model will be told, with the GPUs that it has now and so many bytes that are free.

    Raises `InvalidOptionsError`.
    """
    check_arguments(of.options.engine_arguments, bundled=kind.bundled)
    here = replace(of, devices=await devices_for(kind, of.llama, of.options), free_bytes=free_bytes)
    return here, await asyncio.to_thread(engine_settings, here, None)


def supervisor_for(of: LoadedFiles, settings: EngineSettings, kind: EngineKind) -> EngineSupervisor:
    """Who will keep an engine of that kind running for the model."""
    less = partial(smaller, layers=of.header.block_count, fitting=partial(_fitting, of=of))
    return EngineSupervisor(
        settings,
        kind,
        timeouts=_timeouts(of.llama),
        smaller=less if of.options.retry_smaller else lambda *_: None,
    )


def _timeouts(llama: LlamaOptions) -> Timeouts:
    """A process that gives way to all others is silent for longer without being hung."""
    patience = _BACKGROUND_PATIENCE if llama.politeness == "background" else 1
    return Timeouts(
        load_stall=llama.load_stall_timeout * patience,
        response_stall=llama.response_stall_timeout * patience,
        abort_stall=llama.abort_stall_timeout * patience,
    )


def progress_event(progress: LoadProgress) -> Progress:
    """What an engine says of its start, as an event of the operation that started it."""
    return Progress(progress.value, progress.stage)
