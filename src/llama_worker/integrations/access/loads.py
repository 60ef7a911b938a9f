"""The models that integrations have loaded, each once for each worker."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from ...errors import InvalidOptionsError, ModelNotLoadedError
from ...worker.model import Model
from ...worker.worker import LlamaWorker

Name = str | Mapping[str, Any]


class Loads:
    """Those of one worker. It is used in that worker's event loop only."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._models: dict[str, tuple[Model, dict[str, Any]]] = {}

    async def get(self, worker: LlamaWorker, name: Name, options: dict[str, Any]) -> Model:
        """The model of that name, loaded when it is not.

        Raises `InvalidOptionsError` when it is loaded with other options, and as `load_model`.
        """
        async with self._lock:
            model, known = self._models.get(str(name), (None, {}))
            if model is None and not options:
                model = _loaded_by_others(worker, name)
            if model is not None and model.loaded:
                _check_same(str(name), known, options)
                return model
            loaded = await worker.load_model(name, **options)
            self._models[str(name)] = loaded, options
            return loaded


_of_workers: WeakKeyDictionary[LlamaWorker, tuple[asyncio.AbstractEventLoop, Loads]] = WeakKeyDictionary()


def loads_of(worker: LlamaWorker) -> Loads:
    """In the event loop in which the worker is used: a lock belongs to one."""
    loop = asyncio.get_running_loop()
    known, loads = _of_workers.get(worker, (None, None))
    if loads is None or known is not loop:
        loads = Loads()
        _of_workers[worker] = loop, loads
    return loads


def _loaded_by_others(worker: LlamaWorker, name: Name) -> Model | None:
    try:
        return worker.find_model(name) if isinstance(name, str) else None
    except ModelNotLoadedError:
        return None


def _check_same(name: str, known: dict[str, Any], options: dict[str, Any]) -> None:
    if options and known != options:
        message = f"{name!r} is loaded with other options already: give the same ones, or a worker of its own."
        raise InvalidOptionsError(message, path="model_options")
