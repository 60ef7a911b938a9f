"""What can be told of a loaded model, and what it has not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..engine.companions import Speculation
from ..engine.devices.placement import Placement
from ..engine.devices.unused import why_unused
from ..engine.settings import EngineSettings
from ..engine.supervisor import EngineSupervisor
from ..errors import InvalidOptionsError
from ..loggers import MODELS
from ..messages.adapters import Adapter
from ..messages.values import ModelInfo, ModelSettings
from ..models.memory.available import resident_memory
from .loading import LoadedFiles
from .planning.offload import layers_on_gpu


def model_info(loaded: LoadedFiles, supervisor: EngineSupervisor) -> ModelInfo:
    """What the file, the settings and the engine say now."""
    files, header, settings = loaded.files, loaded.header, supervisor.settings
    engine, death = supervisor.current, supervisor.last_death
    placement = engine.placement if engine else Placement()
    resident = resident_memory(engine.pid) if engine else None
    return ModelInfo(
        name=files.path.name,
        path=str(files.path),
        size=header.size_bytes,
        parameters=header.parameter_count,
        context_size=settings.context_size,
        trained_context_size=header.context_length,
        vocabulary_size=header.vocab_size,
        sequences=settings.sequences,
        batch_size=settings.batch_size,
        kv_unified=settings.kv_unified,
        context_reason=settings.reasons.get("context_size", ""),
        public_name=settings.alias,
        pid=engine.pid if engine else None,
        engine=supervisor.state,
        last_death=death.message if death else None,
        reduced=supervisor.reductions,
        settings=model_settings(settings),
        layers=placement.layers,
        gpu_layers=placement.gpu_layers,
        memory=placement.memory if settings.gpu else (),
        gpu_unused=why_no_gpu(loaded, supervisor),
        loras=tuple(Adapter(lora.name, lora.path, lora.size) for lora in settings.lora_files),
        resident_bytes=resident.resident_bytes if resident else None,
        mapped_bytes=resident.mapped_bytes if resident else None,
        modalities=loaded.guard.modalities,
        projector=settings.projector.path if settings.projector else "",
    )


def tell_loaded(loaded: LoadedFiles, supervisor: EngineSupervisor) -> None:
    """To the log, with a warning when no GPU computes although there is one."""
    MODELS.info("model %s loaded", supervisor.settings.alias)
    if unused := why_no_gpu(loaded, supervisor):
        MODELS.warning("model %s: %s", supervisor.settings.alias, unused)


def why_no_gpu(loaded: LoadedFiles, supervisor: EngineSupervisor) -> str | None:
    """Why no GPU computes although there is one; None also while no engine runs, and when none is wanted."""
    if supervisor.current is None or layers_on_gpu(loaded.llama, loaded.options) == 0:
        return None
    return why_unused(supervisor.kind, supervisor.settings, loaded.devices, supervisor.current.placement)


def model_settings(settings: EngineSettings) -> ModelSettings:
    """The same numbers by the names of the options."""
    speculation = settings.speculation or Speculation()
    converted: dict[str, Any] = {
        "ubatch_size": settings.step_tokens,
        "threads_batch": settings.reading_threads,
        "gpu_memory_margin": settings.gpu_margin_mib << 20,
        "prompt_cache_bytes": settings.prompt_cache_mib << 20,
        "moe_cache_bytes": settings.moe_cache_mib << 20,
        "speculative": "ngram" if speculation.repeated else None,
        "draft_model": speculation.model.path if speculation.model else None,
        "draft_tokens": speculation.most,
    }
    same = {name: getattr(settings, name) for name in ModelSettings.__struct_fields__ if name not in converted}
    return ModelSettings(**same, **converted)


def check_tokens(loaded: LoadedFiles, tokens: Iterable[int]) -> list[int]:
    """Ids that the model has. Raises `InvalidOptionsError`."""
    checked, count = list(tokens), loaded.header.vocab_size
    for index, token in enumerate(checked):
        if not 0 <= token < count:
            message = f"Token {token} does not exist: the model has {count}, counted from 0."
            raise InvalidOptionsError(message, path=f"tokens[{index}]")
    return checked
