"""What can be told of a loaded model, and what it has not."""

from __future__ import annotations

from collections.abc import Iterable

from ..engine.supervisor import EngineSupervisor
from ..errors import InvalidOptionsError
from ..messages.values import ModelInfo
from .loading import LoadedFiles


def model_info(loaded: LoadedFiles, supervisor: EngineSupervisor) -> ModelInfo:
    """What the file, the settings and the engine say now."""
    files, header, settings = loaded.files, loaded.header, supervisor.settings
    engine, death = supervisor.current, supervisor.last_death
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
        context_reason=settings.context_reason,
        public_name=settings.alias,
        pid=engine.pid if engine else None,
        engine=supervisor.state,
        last_death=death.message if death else None,
        reduced=supervisor.reductions,
    )


def check_tokens(loaded: LoadedFiles, tokens: Iterable[int]) -> list[int]:
    """Ids that the model has. Raises `InvalidOptionsError`."""
    checked, count = list(tokens), loaded.header.vocab_size
    for index, token in enumerate(checked):
        if not 0 <= token < count:
            message = f"Token {token} does not exist: the model has {count}, counted from 0."
            raise InvalidOptionsError(message, path=f"tokens[{index}]")
    return checked
