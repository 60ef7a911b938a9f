"""Refuses real models, as a test should not need one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from ..errors import DownloadError, ModelLoadError
from ..messages.events import Downloading
from ..models.names import BuiltinName, ModelName
from ..options import LlamaOptions, ModelOptions
from ..worker.loading import LoadedFiles
from ..worker.stand_in import standing_in
from .allowed import Allowed

_MEANT: ContextVar[bool] = ContextVar("a real model is meant", default=False)


def is_meant() -> bool:
    """Whether whoever loads now means a real model."""
    return _MEANT.get()


@contextmanager
def unguarded() -> Iterator[None]:
    """What is loaded in the block is real."""
    token = _MEANT.set(True)
    try:
        yield
    finally:
        _MEANT.reset(token)


class Guard:
    """`refused` are the names of models that were not loaded."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        self.refused: list[str] = []

    @property
    def advice(self) -> str:
        """What a test may do in place of it."""
        mark = 'mark it @pytest.mark.llama_models("any")'
        if self._allowed == "builtin":
            return f'only "builtin" and fake models are allowed: use the fixture fake_model, or {mark}.'
        return f"only fake models are allowed: use the fixture fake_model, or {mark}."

    async def open(self, name: ModelName, llama: LlamaOptions, options: ModelOptions) -> LoadedFiles | None:
        """Nothing for what is allowed. Raises `ModelLoadError` for the rest."""
        if is_meant() or self._allowed == "any" or (self._allowed == "builtin" and isinstance(name, BuiltinName)):
            return None
        self.refused.append(str(name))
        raise ModelLoadError(f"{name} is a real model, and {self.advice}", model=str(name))

    async def download(self, name: ModelName, report: Callable[[Downloading], None]) -> Path | None:
        """Raises `DownloadError`: a test that fetches a model depends on the world."""
        if is_meant() or self._allowed == "any":
            return None
        self.refused.append(str(name))
        raise DownloadError(f"{name} is a real model, and {self.advice}")


@contextmanager
def guarded(allowed: Allowed) -> Iterator[Guard]:
    """In the block, no other real models than the `allowed` ones are loaded."""
    guard = Guard(allowed)
    with standing_in(guard):
        yield guard
