"""A model loaded as a request wants it: with its context, if it can have that, without ending what others ask of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from ...errors import ModelNotFoundError
from ...worker.model import Model
from ..dialects.fields import Object
from ..pool import ModelPool
from .keep_alive import KeepAlive, end_unused, keep_for, seconds_of
from .names import own_name
from .options import OPTION_NAMES, RequestOptions

_ENLARGING: WeakKeyDictionary[Model, asyncio.Lock] = WeakKeyDictionary()


class Wanted:
    """How a request wants its model: `seconds` is how long it stays afterwards, None for as long as the server says.

    `not_done` are the fields of the request that nothing here does.
    """

    def __init__(self, options: RequestOptions, keep_alive: KeepAlive | None) -> None:
        self.options = options.loading.model_options()
        self.seconds = None if keep_alive is None else seconds_of(keep_alive)
        self.not_done = list(options.not_done)


@asynccontextmanager
async def ready_for(pool: ModelPool, name: str, wanted: Wanted) -> AsyncIterator[Model]:
    """The model that a client calls `name`, in use. Options of loading hold for one that is loaded now; one that is
    there already gets a larger context as soon as nobody else uses it, unless it was loaded to stay.

    Raises `ModelNotFoundError`, and what loading raises.
    """
    own = own_name(name, pool)
    if model := pool.find(own):
        await _enlarge(pool, model, wanted.options)
    try:
        async with pool.use(own, wanted.options) as model:
            wanted.not_done += _missing(model, wanted.options)
            if wanted.seconds is not None and not keep_for(pool, model, wanted.seconds):
                wanted.not_done.append("keep_alive")
            yield model
    except ModelNotFoundError as error:
        raise not_found(name, error) from error
    if wanted.seconds == 0:
        await end_unused(pool, model)


def not_found(name: str, error: ModelNotFoundError) -> ModelNotFoundError:
    """The same in the words that Ollama's clients look for."""
    return ModelNotFoundError(f"model '{name}' not found, try pulling it first: {error.message}")


async def _enlarge(pool: ModelPool, model: Model, options: Object) -> None:
    """Once nobody uses the model, as another context takes another engine."""
    async with _ENLARGING.setdefault(model, asyncio.Lock()):
        while (size := _larger(pool, model, options)) and model.loaded:
            seen = pool.worker.residency.changes.count
            if model.runtime.idle:
                await model.create_context(context_size=size)
                return
            await pool.worker.residency.changes.wait(seen)


def _larger(pool: ModelPool, model: Model, options: Object) -> int | None:
    """The context that the model is to have, where that is more than it has and it may be changed."""
    resident = pool.worker.residency.of(model.runtime)
    size = _attainable(model, options)
    if resident is None or resident.keep or size <= model.runtime.settings.context_size:
        return None
    return size


def _attainable(model: Model, options: Object) -> int:
    """The context that was asked for, or what the model was trained for, where that is less."""
    size: int = options.get("context_size", 0)
    return min(size, model.runtime.loaded_files.header.context_length or size)


def _missing(model: Model, options: Object) -> list[str]:
    """Options that the model was not loaded with; a larger context than was asked for is no other."""
    settings = model.runtime.settings
    met = {name: getattr(settings, name) == value for name, value in options.items()}
    met["context_size"] = settings.context_size >= _attainable(model, options)
    return [f"options.{OPTION_NAMES[name]}" for name, is_met in met.items() if not is_met]
